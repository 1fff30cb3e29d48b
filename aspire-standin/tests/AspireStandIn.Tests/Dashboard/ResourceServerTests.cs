using System.Net;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Wire;

namespace AspireStandIn.Tests.Dashboard;

public sealed class ResourceServerTests : IAsyncLifetime
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly ResourceBoard _board = new();
    private readonly FakeControl _control = new();
    private readonly FakeLogger _faults = new();
    private ResourceServer _server = null!;
    private WireClient _client = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        _server = new ResourceServer(
            new ResourceService("Little", _board, _control), WireClient.Key, _faults);
        _address = await _server.StartAsync(0, _cancel);
        _client = new WireClient(_address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ApplicationInformationIsOneMessageAndStatusZero()
    {
        using var call = await _client.CallAsync("GetApplicationInformation", new ApplicationInformationRequest(), _cancel);
        var answer = await call.RequireAsync(ApplicationInformationResponse.Parser, _cancel);
        Assert.Equal(("Little", "13.5.0"), (answer.ApplicationName, answer.MinDashboardVersion));
        Assert.Null(await call.ReadAsync(ApplicationInformationResponse.Parser, _cancel));
        Assert.Equal(("application/grpc", "0"), (call.ContentType, call.Status));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-of-the-test")]
    public async Task WithoutTheKeyNothingIsAnswered(string? key)
    {
        using var stranger = new WireClient(_address, key);
        using var call = await stranger.CallAsync("GetApplicationInformation", new ApplicationInformationRequest(), _cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, call.HttpStatus);
    }

    [Theory]
    [InlineData("UploadFile")]
    [InlineData("Nonsense")]
    public async Task UnknownMethodIsUnimplemented(string method)
    {
        using var call = await _client.CallAsync(method, new UploadFileChunk(), _cancel);
        Assert.Null(await call.ReadAsync(UploadFileResponse.Parser, _cancel));
        Assert.Equal("12", call.Status);
    }

    [Fact]
    public async Task WatchGivesEverythingAndThenTheChanges()
    {
        _board.Upsert(Row("api-1"));
        using var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), _cancel);
        Assert.Equal(["api-1"], (await NextAsync(call)).InitialData.Resources.Select(row => row.Name));

        _board.Upsert(Row("api-2"));
        Assert.Equal("api-2", (await NextAsync(call)).Changes.Value.Single().Upsert.Name);

        _board.Remove("api-1");
        var deletion = (await NextAsync(call)).Changes.Value.Single().Delete;
        Assert.Equal(("api-1", "Project"), (deletion.ResourceName, deletion.ResourceType));
    }

    [Fact]
    public async Task TwoWatchersBothSeeAChangeAndOneMayLeave()
    {
        using var stays = await _client.CallAsync("WatchResources", new WatchResourcesRequest { IsReconnect = true }, _cancel);
        using (var leaves = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), _cancel))
        {
            await NextAsync(leaves);
            await NextAsync(stays);
        }
        _board.Upsert(Row("worker-1"));
        Assert.Equal("worker-1", (await NextAsync(stays)).Changes.Value.Single().Upsert.Name);
    }

    [Fact]
    public async Task SlowReaderGetsTheLastStateOfEachResource()
    {
        var (_, watcher) = _board.Watch();
        for (var i = 0; i < 10_000; i++)
            _board.Upsert(Row($"api-{i % 3}", state: $"{i}"));
        var changes = await watcher.TakeAsync(_cancel);
        Assert.Equal(["9997", "9998", "9999"], changes.Select(change => change.Upsert.State).Order());
    }

    [Fact]
    public async Task CommandReachesTheResource()
    {
        var request = new ResourceCommandRequest { CommandName = "stop", ResourceName = "api-1", ResourceType = "Project" };
        using var call = await _client.CallAsync("ExecuteResourceCommand", request, _cancel);
        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await call.RequireAsync(ResourceCommandResponse.Parser, _cancel)).Kind);
        Assert.Equal(request, _control.Requests.Single());
    }

    [Fact]
    public async Task FailureBecomesAStatusWithItsText()
    {
        using var call = await _client.CallAsync("ExecuteResourceCommand", new ResourceCommandRequest { CommandName = "explode" }, _cancel);
        Assert.Null(await call.ReadAsync(ResourceCommandResponse.Parser, _cancel));
        Assert.Equal(("13", "It exploded: 100 %, naïvely."), (call.Status, call.StatusMessage));
    }

    [Fact]
    public async Task ManyLogLinesComeInMessagesThatAClientTakes()
    {
        _control.Batches.Add([.. Enumerable.Range(1, 9).Select(n => new ConsoleLogLine { Text = new string('x', 300_000), LineNumber = n })]);
        using var call = await _client.CallAsync("WatchResourceConsoleLogs", LogsOf("api-1", follow: false), _cancel);
        List<int> numbers = [];
        while (await call.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, _cancel) is { } update)
        {
            Assert.InRange(update.CalculateSize(), 1, 4 * 1024 * 1024);
            numbers.AddRange(update.LogLines.Select(line => line.LineNumber));
        }
        Assert.Equal(Enumerable.Range(1, 9), numbers);
    }

    [Fact]
    public async Task ClientThatLeavesEndsItsLogStream()
    {
        _control.Batches.Add([new ConsoleLogLine { Text = "hello" }]);
        using (var call = await _client.CallAsync("WatchResourceConsoleLogs", LogsOf("api-1", follow: true), _cancel))
            await call.RequireAsync(WatchResourceConsoleLogsUpdate.Parser, _cancel);
        await _control.LogsLeft.Task.WaitAsync(TimeSpan.FromSeconds(10), _cancel);
    }

    [Fact]
    public async Task ClientThatBreaksOffWhileItSendsIsNoFaultOfOurs()
    {
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var call = await _client.SendAsync("WatchResources", new BrokenContent(), _cancel);
            await call.ReadAsync(WatchResourcesUpdate.Parser, _cancel);
        });
        await _server.DisposeAsync();
        Assert.Empty(_faults.Messages);
    }

    [Fact]
    public async Task StoppingServerTellsItsWatchers()
    {
        using var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), _cancel);
        await NextAsync(call);
        await _server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), _cancel);
        Assert.Null(await call.ReadAsync(WatchResourcesUpdate.Parser, _cancel));
        Assert.Equal("14", call.Status);
    }

    [Fact]
    public async Task BrokenFramesAreRefused()
    {
        using var cut = await _client.SendAsync("WatchResources", new ByteArrayContent([0, 0, 0, 0, 9, 1]), _cancel);
        Assert.Null(await cut.ReadAsync(WatchResourcesUpdate.Parser, _cancel));
        using var compressed = await _client.SendAsync("WatchResources", new ByteArrayContent([1, 0, 0, 0, 0]), _cancel);
        Assert.Null(await compressed.ReadAsync(WatchResourcesUpdate.Parser, _cancel));
        using var huge = await _client.SendAsync("WatchResources", new ByteArrayContent([0, 0xff, 0xff, 0xff, 0xff]), _cancel);
        Assert.Null(await huge.ReadAsync(WatchResourcesUpdate.Parser, _cancel));
        Assert.Equal(("13", "12", "8"), (cut.Status, compressed.Status, huge.Status));
    }

    private Task<WatchResourcesUpdate> NextAsync(WireStream call) => call.RequireAsync(WatchResourcesUpdate.Parser, _cancel);

    private static Resource Row(string name, string state = "Running") => new() { Name = name, ResourceType = "Project", State = state };

    private static WatchResourceConsoleLogsRequest LogsOf(string name, bool follow) => new() { ResourceName = name, SuppressFollow = !follow };
}
