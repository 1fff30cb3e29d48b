using System.Collections.Concurrent;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs;

/// <summary>
/// Refuses jobs for a queue that is over its backlog limit. The backlog is counted once a second, so a burst can exceed the limit by what
/// it stores within a second.
/// </summary>
internal sealed class BacklogGuard(JobDatabase database, IOptions<JobOptions> options, TimeProvider time)
{
    private const string Count =
        """
        SELECT count(*) FROM (
          SELECT 1 FROM jobs WHERE queue = $1 AND state = 'available'
          UNION ALL SELECT 1 FROM jobs WHERE queue = $1 AND state IN ('scheduled', 'retryable') AND limit_key IS NULL AND run_at <= now()
            LIMIT $2) AS waiting
        """;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (long At, bool Full)> _queues = new();

    public bool IsNeeded => options.Value.Backlogs.Count > 0;

    /// <exception cref="JobQueueFullException">The queue is over its limit.</exception>
    public async ValueTask CheckAsync(string queue, CancellationToken cancellationToken)
    {
        if (!options.Value.Backlogs.TryGetValue(queue, out var limit))
            return;
        if (!_queues.TryGetValue(queue, out var known) || time.GetElapsedTime(known.At) > Fresh)
        {
            // Concurrent callers use the previous count.
            _queues[queue] = (time.GetTimestamp(), known.Full);
            known = _queues[queue] = (time.GetTimestamp(), await IsFullAsync(queue, limit, cancellationToken));
        }

        if (known.Full)
            throw new JobQueueFullException(queue, limit);
    }

    private async Task<bool> IsFullAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(Count);
        command.Parameters.Add(new() { Value = queue });
        command.Parameters.Add(new() { Value = limit });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! >= limit;
    }
}
