using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Jobs.Redis;

/// <summary>
/// All connections of this process to Redis, by name: one for each use, so that a flood in one of them does not make the others wait. Each
/// is made in the background when it is first asked for, and again when it is lost; a process starts and serves without Redis.
/// </summary>
public sealed partial class RedisConnections : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RedisConnection>> _connections = new();
    private readonly string? _address;
    private readonly ILogger<RedisConnections> _logger;

    /// <summary>Reads the connection string. Without one nothing is ever connected.</summary>
    /// <param name="configuration">Holds the connection string.</param>
    /// <param name="options">Holds its name.</param>
    /// <param name="logger">Logs connections that are lost and restored.</param>
    /// <exception cref="InvalidOperationException">It is not a connection string of Redis.</exception>
    public RedisConnections(IConfiguration configuration, IOptions<JobOptions> options, ILogger<RedisConnections> logger)
    {
        var name = options.Value.RedisConnectionName;
        if (ConfigurationError(configuration, name) is { } error)
            throw new InvalidOperationException(error);
        (_address, _logger) = (configuration.GetConnectionString(name), logger);
        if (string.IsNullOrEmpty(_address))
            LogNoAddress(Setting(name));
    }

    internal IReadOnlyList<RedisConnection> All => [.. _connections.Values.Select(connection => connection.Value)];

    /// <summary>
    /// Why a process must not start with its connection string, in one sentence without the string; null where it is fine or missing.
    /// </summary>
    /// <param name="configuration">Holds the connection string.</param>
    /// <param name="name">The name of the connection string.</param>
    public static string? ConfigurationError(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is not { Length: > 0 } address || IsConnectionString(address)
            ? null
            : $"{Setting(name)} is not a connection string of Redis: it is host:port, then options such as password=… or ssl=true, "
                + "with commas between.";

    /// <summary>The connection of this name.</summary>
    /// <param name="name">What it is for; the server shows it in CLIENT LIST.</param>
    /// <param name="timeout">How long the reply to a command may take. After that the command fails, and a reply that still comes is
    /// dropped.</param>
    public RedisConnection Get(string name, TimeSpan timeout) =>
        _connections.GetOrAdd(name, _ => new(() => new(name, Options(name, timeout), _logger))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(connection => connection.DisposeAsync().AsTask()));

    private static string Setting(string name) => $"ConnectionStrings:{name}";

    private static bool IsConnectionString(string address)
    {
        try
        {
            var servers = ConfigurationOptions.Parse(address).EndPoints;
            // The client takes any text for the name of a host, an URL among them, and would look for it without end.
            return servers.Count > 0
                && servers.All(server => server is not DnsEndPoint host || Uri.CheckHostName(host.Host) != UriHostNameType.Unknown);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private ConfigurationOptions? Options(string name, TimeSpan timeout)
    {
        if (string.IsNullOrEmpty(_address))
            return null;
        var options = ConfigurationOptions.Parse(_address);
        options.AbortOnConnectFail = false;
        // A command that was kept until Redis is back would send jobs that have been claimed from Postgres meanwhile, and events that were
        // refused.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // Replies of ad-hoc commands and scripts differ between the protocols.
        options.Protocol ??= RedisProtocol.Resp3;
        options.AsyncTimeout = (int)timeout.TotalMilliseconds;
        options.ClientName = name;
        // Nothing is published or subscribed to here: without this channel there is no second socket for it.
        options.ConfigurationChannel = "";
        // Nor is there a key by which servers agree on their primary.
        options.TieBreaker = "";
        options.ReconnectRetryPolicy = new LinearRetry(500);
        // Gives up on a server that accepts the connection and stays silent sooner than the client would.
        if (!_address.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            options.ConnectTimeout = 2000;
        return options;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting} is not set: jobs are claimed from Postgres")]
    private partial void LogNoAddress(string setting);
}
