using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>The streams this worker may take jobs from: those of its queues that are not paused.</summary>
internal sealed class Queues(JobDatabase database, IOptions<JobOptions> options)
{
    private volatile IReadOnlyList<(string Queue, JobPriority Priority)> _open = options.Value.Streams();

    public IReadOnlyList<(string Queue, JobPriority Priority)> All { get; } = options.Value.Streams();

    public IReadOnlyList<(string Queue, JobPriority Priority)> Open => _open;

    /// <summary>Those streams, with how long their jobs must have waited.</summary>
    public List<StreamAge> OpenFor(TimeSpan age) => [.. Open.Select(stream => new StreamAge(stream.Queue, stream.Priority, age))];

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var paused = new HashSet<string>();
        await using var command = database.Source.CreateCommand("SELECT queue FROM job_queues WHERE paused_at IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            paused.Add(reader.GetString(0));
        _open = paused.Count == 0 ? All : [.. All.Where(stream => !paused.Contains(stream.Queue))];
    }
}
