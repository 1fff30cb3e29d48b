using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace LittleService.AppHostTests.Graphs;

/// <summary>A whole graph inside the test's process: random ports, a data folder of its own.</summary>
public sealed class Graph : IAsyncDisposable
{
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly IDistributedApplicationTestingBuilder _builder;

    private Graph(IDistributedApplicationTestingBuilder builder, DistributedApplication app, string dataFolder)
    {
        _builder = builder;
        App = app;
        DataFolder = dataFolder;
    }

    public DistributedApplication App { get; }

    public string DataFolder { get; }

    /// <summary>Every request makes a connection of its own, so that the proxy chooses a replica for each.</summary>
    public HttpClient Api { get; private set; } = null!;

    public static async Task<Graph> StartAsync(string servers, CancellationToken cancellationToken)
    {
        var dataFolder = NewDataFolder();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LittleService_AppHost>(
            [$"--Servers={servers}", $"--DataFolder={dataFolder}"], cancellationToken);
        var graph = new Graph(builder, await builder.BuildAsync(cancellationToken), dataFolder);
        try
        {
            await graph.StartAsync(cancellationToken);
            return graph;
        }
        catch
        {
            await graph.WriteStateAsync();
            await graph.DisposeAsync();
            throw;
        }
    }

    // Not made here: the app host gives it the permissions that its servers need.
    public static string NewDataFolder() => Path.Combine(Path.GetTempPath(), $"littleservice-test-{Guid.NewGuid():N}");

    public Task WaitForHealthyAsync(string resource, CancellationToken cancellationToken) =>
        App.WaitForHealthyAsync(resource, StartLimit, cancellationToken);

    public async Task CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, result.Message);
    }

    /// <summary>Runs a command with an argument; gives what it said.</summary>
    public async Task<string> CommandAsync(string resource, string command, string argument, string value, CancellationToken cancellationToken)
    {
        var arguments = new InteractionInputCollection([new InteractionInput { Name = argument, InputType = InputType.Text, Value = value }]);
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command, arguments, cancellationToken);
        var said = $"{result.Message} {result.Data?.Value}";
        Assert.True(result.Success, said);
        return said;
    }

    public async Task<NpgsqlConnection> OpenDatabaseAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(await App.GetConnectionStringAsync(ResourceNames.Database, cancellationToken) + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Signs <see cref="Api"/> in as a writer.</summary>
    public async Task SignInAsync(CancellationToken cancellationToken)
    {
        await using var database = await OpenDatabaseAsync(cancellationToken);
        Api.DefaultRequestHeaders.Authorization = await WriterKey.AddAsync(database, cancellationToken);
    }

    /// <summary>Adds an item. After an outage every pooled connection that broke in it may cost one more 503.</summary>
    public async Task<Guid> AddItemAsync(string name, CancellationToken cancellationToken)
    {
        var id = Guid.Empty;
        await Wait.UntilAsync($"the item '{name}' is taken", async () =>
        {
            using var response = await Api.PostAsJsonAsync("/api/items", new { name, quantity = 1, description = "a thing" }, cancellationToken);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            id = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetGuid();
            return true;
        }, cancellationToken);
        return id;
    }

    public Task WaitUntilSearchableAsync(Guid item, CancellationToken cancellationToken) => Wait.UntilAsync(
        $"item {item} is searchable",
        async () => (await Api.GetFromJsonAsync<JsonElement>($"/api/items/{item}", cancellationToken)).GetProperty("searchable").GetBoolean(),
        cancellationToken);

    /// <summary>Shows how every resource is and what it wrote last.</summary>
    public async Task WriteStateAsync() => TestContext.Current.TestOutputHelper?.WriteLine(await App.DescribeAsync());

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        await App.DisposeAsync();
        await _builder.DisposeAsync();
        Files.Delete(DataFolder);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await App.StartAsync(cancellationToken).WaitAsync(StartLimit, cancellationToken);
        await WaitForHealthyAsync(ResourceNames.Api, cancellationToken);
        Api = new HttpClient { BaseAddress = App.GetEndpoint(ResourceNames.Api, "http"), DefaultRequestHeaders = { ConnectionClose = true } };
        await SignInAsync(cancellationToken);
    }
}
