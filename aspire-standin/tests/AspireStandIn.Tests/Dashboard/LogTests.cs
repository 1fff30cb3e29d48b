using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace AspireStandIn.Tests.Dashboard;

public sealed class LogTests
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly ResourceLoggerService _logs = new();

    [Fact]
    public async Task WhatIsSaidOfAResourceStandsInTheLogOfEachReplica()
    {
        var api = new ExecutableResource("api", "api", "/");
        api.Annotations.Add(new InstancesAnnotation(["api-1", "api-2"]));
        _logs.GetLogger(api).Log(LogLevel.Information, default, "Waiting.", null, (text, _) => text);
        Assert.EndsWith("Z Waiting.", (await AllAsync("api-1")).Single().Content, StringComparison.Ordinal);
        Assert.Single(await AllAsync("api-2"));
        Assert.Empty(await AllAsync("worker-1"));
    }

    [Fact]
    public async Task LogAsItIsNowEndsThoughTheProcessRunsOn()
    {
        _logs.ProcessLogs = (_, follow, _) => Lines(follow ? int.MaxValue : 5000);
        Assert.Equal(Enumerable.Range(1, 5000), (await AllAsync("api-1")).Select(line => line.LineNumber));
    }

    [Fact]
    public async Task SlowReaderMakesTheProcessWait()
    {
        var written = 0;
        _logs.ProcessLogs = (_, _, _) => Lines(int.MaxValue, () => Interlocked.Increment(ref written));
        await foreach (var batch in _logs.WatchAsync("api-1").WithCancellation(_cancel))
        {
            Assert.NotEmpty(batch);
            while (Volatile.Read(ref written) < 1000)
                await Task.Yield();
            break;
        }
        Assert.InRange(written, 1, 5000);
    }

    private async Task<List<LogLine>> AllAsync(string name)
    {
        List<LogLine> lines = [];
        await foreach (var batch in _logs.GetAllAsync(name).WithCancellation(_cancel))
            lines.AddRange(batch);
        return lines;
    }

    private static async IAsyncEnumerable<LogLine> Lines(int count, Action? written = null)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            written?.Invoke();
            yield return new LogLine(0, $"line {i}", false);
        }
    }
}
