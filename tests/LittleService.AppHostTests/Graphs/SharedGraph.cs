using LittleService.AppHostTests.Graphs;

[assembly: AssemblyFixture(typeof(SharedGraph))]

// A second graph that starts beside it would make the first one late.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace LittleService.AppHostTests.Graphs;

/// <summary>One graph for all tests of the collection <see cref="Name"/>, which run one after another; started when the first of them asks.</summary>
public sealed class SharedGraph : IAsyncDisposable
{
    public const string Name = "the shared graph";

    private Task<Graph>? _graph;

    // The graphs of these tests start servers of their own, whatever the developer's shell names.
    public SharedGraph()
    {
        foreach (var resource in (string[])[ResourceNames.Database, ResourceNames.Redis])
            Environment.SetEnvironmentVariable($"ConnectionStrings__{resource}", null);
    }

    public Task<Graph> GetAsync() => _graph ??= Graph.StartAsync("local", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_graph is { IsCompletedSuccessfully: true })
            await _graph.Result.DisposeAsync();
    }
}

/// <summary>Gives a test the shared graph, and shows what its resources wrote where the test failed.</summary>
[Collection(SharedGraph.Name)]
public abstract class SharedGraphTest(SharedGraph shared) : IAsyncLifetime
{
    protected Graph Graph { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Graph = await shared.GetAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            await Graph.WriteStateAsync();
    }
}
