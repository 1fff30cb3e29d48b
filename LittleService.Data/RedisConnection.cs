using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace LittleService.Data;

/// <summary>A connection to Redis of one use's own. It is made in the background when first needed and reconnects by itself.</summary>
internal sealed class RedisConnection(IConfiguration configuration, string name) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connection;

    /// <exception cref="TimeoutException">Redis could not be reached, or did not answer, within <paramref name="patience"/>.</exception>
    public async Task<RedisResult> ExecuteAsync(TimeSpan patience, string command, object[] arguments, CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync().WaitAsync(patience, cancellationToken);
        return await connection.GetDatabase().ExecuteAsync(command, arguments).WaitAsync(patience, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsCompletedSuccessfully: true }) (await _connection).Dispose();
    }

    private Task<ConnectionMultiplexer> ConnectionAsync()
    {
        lock (_gate)
        {
            if (_connection is null or { IsFaulted: true } or { IsCanceled: true }) _connection = Task.Run(ConnectAsync);
            return _connection;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var address = configuration.GetConnectionString(ResourceNames.Redis)
            ?? throw new InvalidOperationException($"The connection string '{ResourceNames.Redis}' is not set.");
        var settings = ConfigurationOptions.Parse(address);
        // Not to be reached is a failure of this call, and the next one tries again.
        settings.AbortOnConnectFail = true;
        settings.ConnectTimeout = 1000;
        settings.ClientName = name;
        return await ConnectionMultiplexer.ConnectAsync(settings);
    }
}
