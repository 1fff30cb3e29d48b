using LittleService.Jobs.Streams;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LittleService.Jobs.Work;

/// <summary>The fast path: reads stream entries while there is room for their jobs.</summary>
internal sealed partial class Fetcher(
    JobStreamReader reader, StreamIntake intake, FetchRoom room, FastPath fastPath, Queues queues, TimeProvider time,
    ILogger<Fetcher> logger)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Whether paused queues, and claims made from Postgres while Redis was away, have been read.
    private bool _current;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (reader.IsUp)
                {
                    await FetchOrCreateAsync(stopping);
                    continue;
                }

                // Told by the health check of Redis.
                fastPath.Failed("no connection to Redis");
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (fastPath.Failed(e.GetType().Name))
                    LogCannotFetch(e.GetType().Name, e.Message);
            }

            _current = false;
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FetchOrCreateAsync(CancellationToken stopping)
    {
        try
        {
            await FetchAsync(stopping);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            await reader.CreateGroupsAsync(queues.All);
        }
    }

    private async Task FetchAsync(CancellationToken stopping)
    {
        if (!_current)
            await LearnAsync(stopping);
        if (queues.Open.Count == 0)
        {
            fastPath.Succeeded();
            await Task.Delay(Pause, time, stopping);
            return;
        }

        if (room.Entries() is not (> 0 and var most))
        {
            await room.WaitAsync(stopping);
            return;
        }

        var entries = await reader.ReadAsync(queues.Open, most, Wait);
        fastPath.Succeeded();
        room.Came(entries.Count, await intake.TakeAsync(entries));
    }

    private async Task LearnAsync(CancellationToken stopping)
    {
        await queues.LoadAsync(stopping);
        await intake.LoadAsync(stopping);
        _current = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Jobs cannot be fetched just now: {Error}: {Reason}")]
    private partial void LogCannotFetch(string error, string reason);
}
