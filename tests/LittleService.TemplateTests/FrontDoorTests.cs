using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>What the README and the documents say must be so.</summary>
public sealed partial class FrontDoorTests
{
    [Fact]
    public void EveryCommandOfTheReadmeIsRun()
    {
        Assert.NotEmpty(ReadmeCommands.InReadme);
        Assert.All(ReadmeCommands.InReadme, command => Assert.Contains(command, (IEnumerable<string>)[.. ReadmeCommands.RunHere, ReadmeCommands.Test]));
        Assert.All(ReadmeCommands.RunHere, command => Assert.Contains(command, ReadmeCommands.InReadme));
        Assert.Contains("script/cibuild", Repository.Read(".ci/run"));
        Assert.Contains(ReadmeCommands.Test, Repository.Read("script/cibuild"));
    }

    [Fact]
    public void PathsInTheDocumentsExist() =>
        Assert.All(Documents, document =>
        {
            var folder = Path.GetDirectoryName(document)!;
            var links = LinkPattern().Matches(Repository.Read(document)).Select(link => link.Groups[1].Value.Split('#')[0]).Where(link => link.Length > 0);
            Assert.All(links.Where(link => !link.Contains("://", StringComparison.Ordinal)), link => AssertExists(Path.Combine(Repository.Root, folder, link), document));
            var named = NamedPattern().Matches(Repository.Read(document)).Select(name => name.Groups[1].Value);
            Assert.All(named, name => AssertExists(Path.Combine(Repository.Root, name), document));
        });

    [Fact]
    public void VersionsInTheDocumentsAreThoseInUse()
    {
        var settings = Repository.With(".csproj", ".json", ".props").Where(file => file.Split('/').Length <= 2);
        var used = string.Concat(settings.Select(Repository.Read));

        Assert.All(Documents, document => Assert.All(VersionPattern().Matches(Repository.Read(document)), version => Assert.Contains(version.Value, used)));
    }

    [Fact]
    public void TestsInTheDocumentsExist()
    {
        var tests = Repository.With(".cs").Select(Path.GetFileNameWithoutExtension).ToHashSet();

        var named = Documents.SelectMany(document => TestPattern().Matches(Repository.Read(document)).Select(test => test.Groups[1].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    private static IEnumerable<string> Documents => Repository.With(".md");

    private static void AssertExists(string path, string document) =>
        Assert.True(Path.Exists(path), $"{document} names {Path.GetRelativePath(Repository.Root, path)}, which is not there.");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    // A path from the root in code marks: it has a slash, and starts with a folder or file that the root has.
    [GeneratedRegex(@"`((?:LittleService\.[A-Za-z]+|tests|docs|script|bench|deploy|\.ci|\.github)/[^`\s*<…]*)`")]
    private static partial Regex NamedPattern();

    [GeneratedRegex(@"`([A-Z]\w+Tests)`")]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"\b\d+\.\d+\.\d+\b(?!\.)")]
    private static partial Regex VersionPattern();
}
