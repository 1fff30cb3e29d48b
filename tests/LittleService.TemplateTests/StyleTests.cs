using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

public sealed partial class StyleTests
{
    // A solution of another name has longer lines.
    private const string Name = "LittleService";
    private const string Sorted = "Little" + "Service";

    [Theory]
    [InlineData(@"^.*\.cs$", 300)]
    [InlineData(@"(^|/)Program\.cs$", 75)]
    [InlineData(@"(^|/)AppHost\.cs$", 60)]
    [InlineData(@"^script/", 40)]
    [InlineData(@"^\.ci/run$", 40)]
    [InlineData(@"^README\.md$", 160)]
    [InlineData(@"^docs/decisions/", 60)]
    public void FilesAreShort(string pattern, int limit)
    {
        var files = Repository.Files.Where(file => Regex.IsMatch(file, pattern)).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.InRange(Repository.Read(file).Split('\n').Length - 1, 1, limit));
    }

    [Fact]
    public void LinesOfTheProductAreShort() =>
        Assert.All(Repository.With(".cs", ".razor").Where(file => file.StartsWith("LittleService.", StringComparison.Ordinal)), file =>
            Assert.All(Repository.Read(file).Split('\n'), line => Assert.InRange(line.Replace(Name, Sorted, StringComparison.Ordinal).Length, 0, 140)));

    [Fact]
    public void ConstructorsTakeFewParameters() =>
        Assert.All(Repository.With(".cs").Where(file => file.StartsWith("LittleService.", StringComparison.Ordinal)), file =>
            Assert.All(ConstructorPattern().Matches(Repository.Read(file)), constructor =>
                Assert.InRange(GenericsPattern().Replace(constructor.Groups[1].Value, "").Split(',').Length, 1, 7)));

    [Fact]
    public void RootIsTidy() =>
        Assert.InRange(Repository.Files.Select(file => file.Split('/')[0]).Where(entry => entry[0] != '.').Distinct().Count(), 1, 20);

    [Fact]
    public void NothingIsLeftToDo() =>
        Assert.DoesNotContain(Repository.With(".cs", ".sql", ".css", ".razor", ".js"), file => UnfinishedPattern().IsMatch(Repository.Read(file)));

    [Fact]
    public void WarningsAreDisabledOnlyForAReason() =>
        Assert.All(Repository.With(".cs"), file => Assert.DoesNotMatch(@"#pragma warning disable[^/\n]*\n", Repository.Read(file)));

    // In the order that dotnet format gives them: to ask it would take a minute.
    [Fact]
    public void UsingLinesAreSorted() =>
        Assert.All(Repository.With(".cs"), file =>
        {
            // Whatever the solution is called, its own stand where they stood when they were sorted.
            var names = UsingPattern().Matches(Repository.Read(file)).Select(line => line.Groups[1].Value.Replace(Name, Sorted, StringComparison.Ordinal)).ToList();
            var sorted = names.OrderBy(name => !$"{name}.".StartsWith("System.", StringComparison.Ordinal)).ThenBy(name => name, StringComparer.OrdinalIgnoreCase);
            Assert.Equal(sorted, names);
        });

    [Fact]
    public void NothingNamesOneMachine() =>
        Assert.DoesNotContain(Repository.Files.Where(file => !IsBinary(file)), file => MachinePattern().IsMatch(Repository.Read(file)));

    [Fact]
    public void EveryScriptSaysWhatItDoes() =>
        Assert.All(Repository.Files.Where(file => file.StartsWith("script/", StringComparison.Ordinal) && !file.StartsWith("script/lib/", StringComparison.Ordinal)), file =>
        {
            var lines = Repository.Read(file).Split('\n');
            Assert.StartsWith("#!/bin/", lines[0]);
            Assert.StartsWith($"# {file}: ", lines[1]);
            Assert.Contains("set -e", lines);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Repository.Root, file)).HasFlag(UnixFileMode.UserExecute),
                $"{file} cannot be executed.");
        });

    // Its tools are those of BSD, its bash is 3.2 and there is no /proc; a line may try such a thing where it has another way as well.
    [Fact]
    public void ScriptsNeedNothingThatMacOSLacks() =>
        Assert.All(Repository.Files.Where(IsScript), file =>
            Assert.DoesNotContain(
                Repository.Read(file).Split('\n'),
                line => LinuxPattern().IsMatch(line) && !line.Contains("2>/dev/null ||", StringComparison.Ordinal) && !line.TrimStart().StartsWith('#')));

    [Fact]
    public void AspireHasOneVersion()
    {
        var packages = AspirePackagePattern().Matches(Repository.Read("Directory.Packages.props")).Select(package => package.Groups[1].Value).Distinct();
        var sdk = Assert.Single(Repository.With(".csproj").SelectMany(project => AspireSdkPattern().Matches(Repository.Read(project)))).Groups[1].Value;

        // Fixes of the SDK come on days of their own; a minor version of another is what does not work.
        Assert.Equal(sdk[..sdk.LastIndexOf('.')], string.Join('.', Assert.Single(packages).Split('.')[..2]));
    }

    // What measures (bench/) is for Linux.
    private static bool IsScript(string file) => file.StartsWith("script/", StringComparison.Ordinal) || file.Contains("LocalServers/", StringComparison.Ordinal) && file.EndsWith(".sh", StringComparison.Ordinal);

    private static bool IsBinary(string file) => Path.GetExtension(file) is ".png" or ".ico" or ".woff2";

    [GeneratedRegex(@"\b(TOD[O]|FIXM[E])\b|^\s*#i[f]\b", RegexOptions.Multiline)]
    private static partial Regex UnfinishedPattern();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();

    [GeneratedRegex(@"/proc/|\bsed (-[nEe] )*-i(?!\.)|\bsed .*/[gp0-9]*I[gp]*['""; ]|\breadlink -f|\b(grep -\w*P|date -d|xargs -r|stat -c|mapfile|declare -A)\b|,,\}")]
    private static partial Regex LinuxPattern();

    [GeneratedRegex("Include=\"Aspire\\.[^\"]+\" Version=\"([^\"]+)\"")]
    private static partial Regex AspirePackagePattern();

    [GeneratedRegex("Sdk=\"Aspire\\.AppHost\\.Sdk/([^\"]+)\"")]
    private static partial Regex AspireSdkPattern();

    // Spelled so that this file does not find itself.
    [GeneratedRegex(@"/wor[k]/|/roo[t]/")]
    private static partial Regex MachinePattern();

    // Of classes, by their head or in their body; records are data and have as many as they have.
    [GeneratedRegex(@"(?:\bclass \w+(?:<[^>]*>)?|^    (?:public|internal|private) [A-Z]\w+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", RegexOptions.Multiline)]
    private static partial Regex ConstructorPattern();

    [GeneratedRegex("<[^<>]*(?:<[^<>]*>[^<>]*)*>")]
    private static partial Regex GenericsPattern();
}
