using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LittleService.Jobs.Streams;

/// <summary>
/// The connections to Redis: one that all commands share, and one that waits for new entries. They are made in the background and made
/// again when lost, so a process starts and serves without Redis.
/// </summary>
internal sealed partial class RedisLink(IConfiguration configuration, ILogger<RedisLink> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private Task? _connecting;
    private ConnectionMultiplexer? _commands;
    private ConnectionMultiplexer? _waiting;
    private Task<RedisResult>? _unanswered;
    private long _badUntil;

    /// <summary>Whether commands have a chance. Reading it starts connecting.</summary>
    public bool IsUp
    {
        get
        {
            if (_commands is { } commands)
                return commands.IsConnected && Environment.TickCount64 >= Volatile.Read(ref _badUntil);
            Start();
            return false;
        }
    }

    /// <summary>Whether entries can be waited for.</summary>
    public bool CanWait => IsUp && _waiting is { IsConnected: true };

    /// <summary>Sends a command; throws when Redis does not answer in time.</summary>
    public Task<RedisResult> SendAsync(string command, params object[] arguments) => _commands!.GetDatabase().ExecuteAsync(command, arguments);

    /// <summary>As <see cref="SendAsync"/>, with a deadline. A Redis that is there but silent counts as down for a while.</summary>
    public async Task<RedisResult> AskAsync(string command, params object[] arguments)
    {
        try
        {
            return await SendAsync(command, arguments).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Distrust(5);
            throw;
        }
    }

    /// <summary>
    /// A command that Redis itself may hold back for <paramref name="wait"/>, on the connection kept for that. After a timeout the next call
    /// gets the reply that was missing, as the entries in it are ours already.
    /// </summary>
    public async Task<RedisResult> WaitAsync(TimeSpan wait, string command, params object[] arguments)
    {
        var reply = _unanswered ??= _waiting!.GetDatabase().ExecuteAsync(command, arguments);
        try
        {
            return await reply.WaitAsync(wait + Patience);
        }
        finally
        {
            if (reply.IsCompleted)
                _unanswered = null;
        }
    }

    /// <summary>Treats Redis as down for some seconds: it refused or did not answer.</summary>
    public void Distrust(int seconds = 1) => Volatile.Write(ref _badUntil, Environment.TickCount64 + (1000 * seconds));

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        if (_connecting is { } connecting)
            await connecting;
        _commands?.Dispose();
        _waiting?.Dispose();
        _disposed.Dispose();
    }

    private void Start()
    {
        lock (_lock)
            _connecting ??= Task.Run(ConnectAsync);
    }

    private async Task ConnectAsync()
    {
        if (configuration.GetConnectionString(ResourceNames.Redis) is not { Length: > 0 } address)
        {
            LogNoAddress(ResourceNames.Redis);
            return;
        }

        var options = ConfigurationOptions.Parse(address);
        options.AbortOnConnectFail = true;
        options.ConnectTimeout = 2000;
        for (var reported = false; !_disposed.IsCancellationRequested;)
        {
            try
            {
                // Kept where the second fails: made anew each time, they would add up.
                _waiting ??= await ConnectionMultiplexer.ConnectAsync(options);
                _commands = await ConnectionMultiplexer.ConnectAsync(options);
                return;
            }
            // A server that takes the connection and is silent leaves some versions of the client with a connection it has closed itself.
            catch (Exception e) when (e is RedisConnectionException or TimeoutException or ObjectDisposedException)
            {
                if (!reported)
                    LogUnreachable(e.GetType().Name);
                reported = true;
                await Task.Delay(500, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be reached ({Error}): jobs are claimed from Postgres until it can")]
    private partial void LogUnreachable(string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no connection string '{Name}': jobs are claimed from Postgres")]
    private partial void LogNoAddress(string name);
}
