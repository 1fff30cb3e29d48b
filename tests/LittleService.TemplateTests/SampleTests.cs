using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>
/// Each sample feature goes as docs/development.md says, and what is left builds without a warning and passes its unit tests. The clone is
/// built once, and for each sample again without it.
/// </summary>
public sealed partial class SampleTests(SampleTests.Clone clone) : IClassFixture<SampleTests.Clone>
{
    public static TheoryData<string> Samples =>
        [.. SamplePattern().Matches(Repository.Read("docs/development.md").Split("## Without a sample")[1].Split("## Tests")[0]).Select(row => row.Groups[1].Value)];

    [Fact]
    public void EverySampleIsInTheTable() =>
        Assert.Equal(["Hello", "Imports", "Webhooks", "Items, Imports, Webhooks", "Events, Stats"], Samples.Select(sample => sample.Data));

    [Theory]
    [MemberData(nameof(Samples))]
    public void ServiceBuildsAndPassesWithoutIt(string sample)
    {
        clone.Write(without: sample.Split(", "));

        Command.Run("dotnet", clone.Root, ["build", "tests/LittleService.UnitTests", "-v", "quiet", "--nologo"]);
        Command.Run("dotnet", clone.Root, ["tests/LittleService.UnitTests/bin/Debug/net10.0/LittleService.UnitTests.dll"]);
    }

    [GeneratedRegex(@"^\| `([A-Z]\w+(?:, [A-Z]\w+)*)` \|", RegexOptions.Multiline)]
    private static partial Regex SamplePattern();

    /// <summary>The product and its unit tests.</summary>
    public sealed class Clone : IDisposable
    {
        private static readonly string[] Programs = ["LittleService.Api/Program.cs", "LittleService.Worker/Program.cs"];

        public string Root { get; } = Directory.CreateTempSubdirectory("without-sample-").FullName;

        /// <summary>Writes what differs from what is there: all files but those of the folders, and no line that names them.</summary>
        public void Write(string[] without)
        {
            foreach (var file in Repository.Files.Where(IsProductOrUnitTest))
            {
                var path = Path.Combine(Root, file);
                if (file.Split('/').Intersect(without).Any())
                {
                    if (File.Exists(path)) File.Delete(path);
                }
                else
                {
                    if (!File.Exists(path)) Copy(file, path);
                    if (Programs.Contains(file)) File.WriteAllText(path, string.Join('\n', Left(file, without)));
                }
            }
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);

        private static void Copy(string file, string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(Path.Combine(Repository.Root, file), path);
        }

        private static IEnumerable<string> Left(string file, string[] without) =>
            Repository.Read(file).Split('\n').Where(line => !without.Any(folder => line.Contains(folder, StringComparison.Ordinal)));

        // Tests with servers use the samples together, and are left to who deletes one.
        private static bool IsProductOrUnitTest(string file) =>
            !file.StartsWith("tests/", StringComparison.Ordinal) || file.StartsWith("tests/LittleService.UnitTests/", StringComparison.Ordinal)
            || file.StartsWith("tests/Shared/", StringComparison.Ordinal) || file == "tests/Directory.Build.props";
    }
}
