using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LittleService.Jobs.Redis;

/// <summary>One of the connections of <see cref="RedisConnections"/>.</summary>
public sealed partial class RedisConnection : IAsyncDisposable
{
    // A server that starts beside this process is not reported as away.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _disposed = new();
    private readonly ILogger _logger;
    private readonly Task<ConnectionMultiplexer> _connecting;
    private bool _away;

    internal RedisConnection(string name, ConfigurationOptions? options, ILogger logger)
    {
        (Name, _logger) = (name, logger);
        _connecting = options is null
            ? Task.FromException<ConnectionMultiplexer>(new RedisException("Redis is not configured."))
            : Task.Run(() => ConnectAsync(options));
    }

    /// <summary>What it is for.</summary>
    public string Name { get; }

    /// <summary>Whether commands have a chance. It never waits.</summary>
    public bool IsConnected => _connecting.IsCompletedSuccessfully && _connecting.Result.IsConnected;

    /// <summary>The typed commands.</summary>
    /// <exception cref="RedisException">The first attempt to connect has not ended yet.</exception>
    public IDatabase Database => Multiplexer.GetDatabase();

    internal IServer Server => Multiplexer.GetServer(default(RedisKey));

    private ConnectionMultiplexer Multiplexer => _connecting.IsCompletedSuccessfully
        ? _connecting.Result
        : throw new RedisException("Redis is not connected yet.");

    /// <summary>
    /// The typed commands, once the first attempt to connect has ended, whichever way: where it failed, commands fail until another
    /// succeeds.
    /// </summary>
    public async Task<IDatabase> OpenAsync(CancellationToken cancellationToken) =>
        (await _connecting.WaitAsync(cancellationToken)).GetDatabase();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await ((Task)_connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connecting.IsCompletedSuccessfully)
        {
            // Commands that were sent may still arrive, unless Redis is silent.
            await _connecting.Result.CloseAsync().WaitAsync(LastWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _connecting.Result.CloseAsync(allowCommandsToComplete: false);
        }

        _disposed.Dispose();
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options)
    {
        var multiplexer = await MultiplexerAsync(options);
        multiplexer.ConnectionFailed += (_, failure) => Lost(failure.FailureType);
        multiplexer.ConnectionRestored += (_, _) => Restored();
        if (!multiplexer.IsConnected)
            _ = ReportUnlessConnectedAsync(multiplexer);
        return multiplexer;
    }

    // Once connected, the client reconnects by itself. It does not retry a first attempt that throws.
    private async Task<ConnectionMultiplexer> MultiplexerAsync(ConfigurationOptions options)
    {
        while (true)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(options);
            }
            catch (Exception e) when (!_disposed.IsCancellationRequested)
            {
                Lost((e as RedisConnectionException)?.FailureType ?? ConnectionFailureType.InternalFailure);
                await Task.Delay(Pause, _disposed.Token);
            }
        }
    }

    private async Task ReportUnlessConnectedAsync(ConnectionMultiplexer multiplexer)
    {
        await Task.Delay(Grace, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!multiplexer.IsConnected)
            Lost(ConnectionFailureType.UnableToConnect);
    }

    // The client reports each attempt.
    private void Lost(ConnectionFailureType reason)
    {
        if (!_disposed.IsCancellationRequested && !Interlocked.Exchange(ref _away, true))
            LogLost(Name, reason);
    }

    private void Restored()
    {
        if (Interlocked.Exchange(ref _away, false))
            LogRestored(Name);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be reached for {Use} ({Reason}); it is tried again until it can")]
    private partial void LogLost(string use, ConnectionFailureType reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back for {Use}")]
    private partial void LogRestored(string use);
}
