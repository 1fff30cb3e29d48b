using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>What stands in the way of containers is told, or waited for; a container runtime is not needed for that.</summary>
[Collection(OwnProcesses.Name)]
public sealed class RefusingContainers
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImageThatCannotBePulledIsToldInOneSentence()
    {
        using var runtime = new FakeRuntime();
        var (code, output) = await RunAsync(runtime, Graph.NewDataFolder());

        Assert.Equal(1, code);
        Assert.Matches(@"docker cannot pull docker\.io/library/\S+ \(Error .* no such host\): .* start with --Servers=local\.", output);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContainersOfTheLastRunAreGoneBeforeTheirVolumesAreUsedOrRemoved()
    {
        using var runtime = new FakeRuntime();
        await RunAsync(runtime, Graph.NewDataFolder(), "--ResetData=true");

        var calls = runtime.Calls.Select(call => string.Join(' ', call.Split(' ').TakeWhile(word => word.All(char.IsAsciiLetterLower))));
        Assert.Equal(["info", "ps", "ps", "volume rm", "volume rm"], calls.Take(5));
    }

    [Fact]
    public async Task SecondAppHostDoesNotTouchTheVolumesOfARunningOne()
    {
        using var runtime = new FakeRuntime();
        var data = Directory.CreateTempSubdirectory("littleservice-test-").FullName;
        using var first = new FileStream(Path.Combine(data, "in-use"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var (code, output) = await RunAsync(runtime, data, "--ResetData=true");

        Assert.Equal(1, code);
        Assert.Contains($"The data folder {data} is in use by another running app host: stop that one", output, StringComparison.Ordinal);
        Assert.Equal(["info"], runtime.Calls);
    }

    [Fact]
    public async Task ToolsArePartOfTheGraphOnlyWhereTheyAreAskedFor()
    {
        Assert.Equal(["docker.io/dpage/pgadmin4", "docker.io/library/postgres", "docker.io/library/redis", "docker.io/redis/redisinsight"],
            await ImagesAsync("--Tools=true"));
        Assert.Equal(["docker.io/library/postgres", "docker.io/library/redis"], await ImagesAsync());
    }

    private static async Task<string[]> ImagesAsync(params string[] arguments)
    {
        using var runtime = new FakeRuntime();
        await RunAsync(runtime, Graph.NewDataFolder(), arguments);
        var inspected = runtime.Calls.Where(call => call.StartsWith("image inspect ", StringComparison.Ordinal));
        return [.. inspected.Select(call => call.Split(' ')[2].Split(':')[0]).Order(StringComparer.Ordinal)];
    }

    private static async Task<(int Code, string Output)> RunAsync(FakeRuntime runtime, string data, params string[] arguments)
    {
        try
        {
            await using var appHost = new AppHostProcess(data, runtime.Environment, arguments);
            var code = await appHost.WaitForExitAsync(Cancelled);
            Assert.Empty(appHost.Remains());
            return (code, appHost.Output);
        }
        finally
        {
            Files.Delete(data);
        }
    }
}
