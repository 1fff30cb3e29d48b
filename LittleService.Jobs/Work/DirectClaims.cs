using LittleService.Jobs.Storage;

namespace LittleService.Jobs.Work;

/// <summary>
/// Records, for all workers, until when jobs were claimed from Postgres that may be in a stream as well. Entries from before that time are
/// looked up before they run; later ones need not be.
/// </summary>
internal sealed class DirectClaims(JobDatabase database)
{
    private const string Note =
        """
        INSERT INTO job_queues (queue, direct_until) VALUES ('', now() + interval '5 seconds')
        ON CONFLICT (queue) DO UPDATE SET direct_until = excluded.direct_until RETURNING direct_until
        """;

    private long _until = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    public DateTimeOffset Until => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _until));

    /// <summary>Called before claiming.</summary>
    public Task NoteAsync(CancellationToken cancellationToken) => AskAsync(Note, cancellationToken);

    /// <summary>What other workers have recorded.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) =>
        AskAsync("SELECT direct_until FROM job_queues WHERE queue = ''", cancellationToken);

    private async Task AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(sql);
        if (await command.ExecuteScalarAsync(cancellationToken) is DateTime until)
            Volatile.Write(ref _until, new DateTimeOffset(until).ToUnixTimeMilliseconds());
    }
}
