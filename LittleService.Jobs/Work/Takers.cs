using LittleService.Jobs.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>Everything that takes jobs, and the worker's periodic duties, until it stops.</summary>
internal sealed partial class Takers(
    Fetcher fetcher, IEnumerable<Duty> duties, JobStreamReader reader, Queues queues, IOptions<JobOptions> options, ILogger<Takers> logger)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        if (options.Value.StartAfter is { } ready)
            await ready(stopping);
        await Task.WhenAll(duties.Select(duty => duty.LoopAsync(LogFailed, stopping)).Append(fetcher.RunAsync(stopping)));
    }

    /// <summary>Removes this worker from the consumer group when it holds nothing.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            await reader.LeaveAsync(queues.All);
        }
        catch (Exception e) when (e is StackExchange.Redis.RedisException or TimeoutException)
        {
            LogFailed("Leaving", e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Duty} failed and will be tried again: {Error}")]
    public partial void LogFailed(string duty, string error);
}
