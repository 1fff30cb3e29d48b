using System.IO.Compression;
using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>What <c>dotnet new</c> makes of this repository. FreshCloneTests build and start one.</summary>
public sealed partial class NewSolutionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("new-solution-").FullName;

    [Theory]
    [InlineData("Acme.Scheduler", "Acme.Scheduler", "acmescheduler")]
    [InlineData("my-shop", "my_shop", "myshop")]
    [InlineData("3rd.Party", "_3rd.Party", "app3rdparty")]
    [InlineData("class", "_class", "class")]
    [InlineData("Größe.Laden", "Größe.Laden", "greladen")]
    [InlineData("日本", "日本", "service")]
    [InlineData("shop", "shop", "shop")]
    [InlineData("ThisIsAVeryLongNameOfASolutionThatHasSixtyLettersInItsNameXY", "ThisIsAVeryLongNameOfASolutionThatHasSixtyLettersInItsNameXY", "thisisaverylongnameofasolution")]
    public void NothingIsLeftOfTheOldName(string name, string solution, string small)
    {
        Create(name);

        var files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(Hive, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(files, file => file.Contains("LittleService", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(files.Where(IsText), file => File.ReadAllText(file).Contains("LittleService", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("dotnet new", File.ReadAllText(Path.Combine(_folder, "README.md")), StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, $"{solution}.sln"), files);
        Assert.Contains($"<UserSecretsId>{small}-apphost-", File.ReadAllText(Path.Combine(_folder, $"{solution}.AppHost", $"{solution}.AppHost.csproj")), StringComparison.Ordinal);
        Assert.All(files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)), file => Assert.DoesNotMatch(@"(?m)^(namespace|using) [^;]*[-\d]?\b\d", File.ReadAllText(file)));
        Assert.Equal(Kept(Repository.Files), files.Select(file => Path.GetRelativePath(_folder, file).Replace(solution, "LittleService", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void IdsAndPortsAreItsOwn()
    {
        Create("Acme.Shop", "--port 6123");

        var (ours, theirs) = (GuidPattern().Matches(Repository.Read("LittleService.sln")), GuidPattern().Matches(File.ReadAllText(Path.Combine(_folder, "Acme.Shop.sln"))));
        // Those of the kinds of projects are the same everywhere.
        Assert.Equal(2, ours.Select(id => id.Value).Intersect(theirs.Select(id => id.Value)).Count());
        Assert.DoesNotContain("5b1f5c1e", File.ReadAllText(Path.Combine(_folder, "Acme.Shop.AppHost", "Acme.Shop.AppHost.csproj")), StringComparison.Ordinal);
        Assert.Contains("http://localhost:6123", File.ReadAllText(Path.Combine(_folder, "README.md")), StringComparison.Ordinal);
        Assert.Contains("http://localhost:16123", File.ReadAllText(Path.Combine(_folder, "Acme.Shop.AppHost", "Properties", "launchSettings.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void PackageHoldsEveryFile()
    {
        Command.Run("dotnet", Repository.Root, ["pack", ".template.config/Template.csproj", "-o", _folder, "-nologo", "-v:q"]);

        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_folder, "*.nupkg")));
        var files = package.Entries.Select(entry => Uri.UnescapeDataString(entry.FullName)).Where(file => file.StartsWith("content/", StringComparison.Ordinal)).Select(file => file["content/".Length..]).ToList();
        Assert.Equal(Kept(Repository.Files), Kept(files));
        Assert.Contains(".template.config/template.json", files);
        Assert.Contains($"<TemplateVersion>{VersionPattern().Match(Path.GetFileName(Directory.GetFiles(_folder, "*.nupkg")[0])).Value}<", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Hive => Path.Combine(_folder, ".hive");

    private void Create(string name, string options = "")
    {
        Command.Run("dotnet", Repository.Root, ["new", "install", ".", "--debug:custom-hive", Hive]);
        Command.Run("dotnet", Repository.Root, ["new", "littleservice", "-n", name, "-o", _folder, "--debug:custom-hive", Hive, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }

    // What is about being a template stays behind.
    private static IEnumerable<string> Kept(IEnumerable<string> files) => files
        .Where(file => !file.StartsWith(".template.config/", StringComparison.Ordinal) && !file.EndsWith("/NewSolutionTests.cs", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static bool IsText(string file) => Path.GetExtension(file) is not (".png" or ".ico" or ".woff2");

    [GeneratedRegex("[0-9A-F]{8}-[0-9A-F-]{27}")]
    private static partial Regex GuidPattern();

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex VersionPattern();
}
