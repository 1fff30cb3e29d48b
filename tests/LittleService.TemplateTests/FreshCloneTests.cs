namespace LittleService.TemplateTests;

/// <summary>The commands of the README, one by one, in a clone that knows nothing yet.</summary>
public sealed class FreshCloneTests(FreshClone clone) : IClassFixture<FreshClone>
{
    [Fact]
    public async Task ServerBringsUpTheApiAndTheDashboard()
    {
        using var client = new HttpClient();

        Assert.Contains("Hello, World", await client.GetStringAsync(clone.Api, TestContext.Current.CancellationToken));
        using var login = await client.GetAsync(clone.Dashboard, TestContext.Current.CancellationToken);
        Assert.True(login.IsSuccessStatusCode);
    }

    [Fact]
    public void UnitTestsPass() =>
        Assert.Contains("Failed: 0", clone.Run(
            "dotnet build tests/LittleService.UnitTests -nologo -v:q && tests/LittleService.UnitTests/bin/Debug/net10.0/LittleService.UnitTests"));

    [Fact]
    public void ItemsAreListed() => Assert.Contains("\"items\":", clone.Run(ReadmeCommands.ListItems));

    [Fact]
    public void ConsolesReachTheServers()
    {
        Assert.Contains("42", clone.Run($"{ReadmeCommands.ConsoleDb} -tAc 'select 40 + 2'"));
        Assert.Contains("PONG", clone.Run($"{ReadmeCommands.ConsoleRedis} ping"));
    }

    [Fact]
    public void ConsolesReachTheQueueAndTheApi()
    {
        Assert.Contains("queue", clone.Run(ReadmeCommands.ConsoleJobs));
        Assert.Contains("The queue default is paused", clone.Run($"{ReadmeCommands.ConsoleJobs} pause default"));
        Assert.Contains("The queue default is resumed", clone.Run($"{ReadmeCommands.ConsoleJobs} resume default"));
        Assert.Contains("\"role\":\"admin\"", clone.Run($"API={clone.Api} {ReadmeCommands.ConsoleApi}"));
    }

    [Fact]
    public void CliShowsAndSteersTheGraph()
    {
        clone.Run(ReadmeCommands.RestoreTools);
        Assert.Contains("postgres", clone.Run(ReadmeCommands.Describe));
        Assert.NotEmpty(clone.Run(ReadmeCommands.Logs));
        Assert.NotEmpty(clone.Run(ReadmeCommands.Traces));
        clone.Run(ReadmeCommands.Restart);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("tests/*.FunctionalTests")]
    [InlineData("deploy")]
    public void ToolsAreRestoredWhereNoneWereBefore(string folder) =>
        Assert.Contains("Restore was successful", clone.Run($"cd {folder} && home=$(mktemp -d) && DOTNET_CLI_HOME=$home {ReadmeCommands.RestoreTools}; rm -rf $home"));

    [Fact]
    public void BuildAndStartWarnOfNothing() => Assert.DoesNotMatch("(?i)warning[^(]|warn:", clone.Said);

    [Fact]
    public void ManifestIsWritten()
    {
        var manifest = Path.Combine(clone.Root, $"{FreshClone.Name}.AppHost", "aspire-manifest.json");
        File.Delete(manifest);

        clone.Run(ReadmeCommands.Manifest);

        Assert.Contains("\"worker\"", File.ReadAllText(manifest));
    }
}
