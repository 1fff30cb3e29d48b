using System.Data;
using LittleService.Jobs;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LittleService.Data;

/// <summary>The database does not answer; it is worth trying again shortly.</summary>
public sealed class DatabaseUnavailableException() : Exception("The database does not answer.");

/// <summary>
/// Polls the database. While it is unavailable, callers fail at once instead of each waiting for a timeout of its own: a statement sent to
/// a frozen server would wait for its whole timeout, and shorter timeouts would give up on a server that is merely slow.
/// </summary>
public sealed class DatabaseWatch(NpgsqlDataSource database, TimeProvider time, JobClient? jobs = null) : BackgroundService
{
    // Their sum stays below the two seconds within which a request gets its 503.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1400);
    private static readonly TimeSpan Starved = TimeSpan.FromMilliseconds(100);

    private volatile CancellationTokenSource _lost = new();

    // Kept between two polls: a pool whose connections are all in use says nothing about the server.
    private NpgsqlConnection? _connection;

    /// <summary>
    /// Waits for <paramref name="work"/> as long as the database is available. Abandoned work ends by itself.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">The database is unavailable.</exception>
    public async Task<T> WaitAsync<T>(Func<Task<T>> work)
    {
        var lost = _lost.Token;
        if (lost.IsCancellationRequested) throw new DatabaseUnavailableException();
        try
        {
            return await work().WaitAsync(lost);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException();
        }
        catch (NpgsqlException exception) when (exception is not PostgresException)
        {
            // Npgsql clears the pool of a broken connection; those of the queue are broken as well.
            jobs?.ClearPool();
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var there = await IsThereAsync();
            if (there && _lost.IsCancellationRequested) _lost = new();
            // A database that was never available is not lost: the first response of a starting process may be slow.
            if (!there && seen) await _lost.CancelAsync();
            seen |= there;
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (_connection is not null) await _connection.DisposeAsync();
    }

    private async Task<bool> IsThereAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        if (await AnswersAsync(patience.Token)) return true;
        // The connection may have been broken by a restart that is over by now, which only a new one shows. The others in the pool are as
        // old: cleared here, they do not fail a request each.
        database.Clear();
        jobs?.ClearPool();
        return (!patience.IsCancellationRequested && await AnswersAsync(patience.Token)) || await IsStarvedAsync();
    }

    // If the thread pool is starved, the response may have arrived and be waiting for a thread: then the database is not to blame.
    private async Task<bool> IsStarvedAsync()
    {
        var asked = time.GetTimestamp();
        await Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
        return time.GetElapsedTime(asked) > Starved;
    }

    private async Task<bool> AnswersAsync(CancellationToken patience)
    {
        var connection = _connection ?? database.CreateConnection();
        _connection = null;
        var asked = AskAsync(connection);
        try
        {
            // The wait ends without cancelling the command: a cancellation is sent to the server, which may be the one that hangs.
            await asked.WaitAsync(patience);
            _connection = connection;
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            _ = CloseAsync(connection, asked);
            // A server that has no room for one connection more serves those that are there.
            return exception is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections };
        }
    }

    private static async Task AskAsync(NpgsqlConnection connection)
    {
        if (connection.State is not ConnectionState.Open) await connection.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "select 1";
        command.CommandTimeout = (int)Patience.TotalSeconds;
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task CloseAsync(NpgsqlConnection connection, Task asked)
    {
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
    }
}
