using Npgsql;

namespace LittleService.Data;

/// <summary>
/// The current snapshot of the database. While it stays the same, nothing was committed in any table through any replica, so a response
/// made from it is still current: Postgres itself decides by this snapshot what a query sees.
/// </summary>
public sealed class DatabaseSnapshot(NpgsqlDataSource database, DatabaseWatch watch) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _one = new(1);
    private Task<string>? _next;

    /// <summary>
    /// The snapshot now. Calls during a query share the next one, which begins after all of them: a caller that knows of a commit gets a
    /// snapshot from after it.
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
