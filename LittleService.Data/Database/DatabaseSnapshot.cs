using Npgsql;

namespace LittleService.Data;

/// <summary>
/// Names the state of the database. While the name stays the same nothing was committed by anyone, in any table, through any replica, so an
/// answer made under it is as good as a new one: Postgres itself decides by this snapshot what a query sees.
/// </summary>
public sealed class DatabaseSnapshot(NpgsqlDataSource database, DatabaseWatch watch) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _one = new(1);
    private Task<string>? _next;

    /// <summary>
    /// The name now. Calls that come while the database is asked share the next question, which begins after all of them: a caller that
    /// knows of a commit gets a name from after it.
    /// </summary>
    public Task<string> CurrentAsync()
    {
        lock (_gate) return _next ??= Task.Run(AskNextAsync);
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> AskNextAsync()
    {
        await _one.WaitAsync();
        try
        {
            lock (_gate) _next = null;
            return await watch.WaitAsync(AskAsync);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string> AskAsync()
    {
        await using var command = database.CreateCommand("select pg_current_snapshot()::text");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
