using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LittleService.FunctionalTests;

/// <summary>A service of the test class's own: a fresh, migrated database, its own keys in Redis, and as many api and worker processes as asked for.</summary>
public sealed class Service(Servers servers) : IAsyncLifetime
{
    /// <summary>What <c>admin</c> begins with where the worker adds it.</summary>
    public const string AdminPassword = "Marmot-Quilt-Tundra-88";

    private readonly string _name = $"test_{Guid.NewGuid():N}";
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Dictionary<Role, HttpClient> _signedIn = [];
    private HttpClient? _client;
    private HttpClient? _worker;

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>A client of one api, started when first asked for, that is not signed in.</summary>
    public HttpClient Client => _client ??= StartApi();

    /// <summary>A client of the same api that is signed in as a writer.</summary>
    public HttpClient Writer => ApiAs(Role.Writer);

    /// <summary>A worker, started when first asked for.</summary>
    public HttpClient Worker => _worker ??= StartWorker();

    public string DatabaseConnection { get; private set; } = "";

    public string RedisConnection => servers.Redis;

    /// <summary>The prefix of its keys of events in Redis.</summary>
    public string EventKeys => $"{{{_name}}}";

    /// <summary>What every process of it is started with.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("environment", "Production"),
        ("ConnectionStrings:db", DatabaseConnection),
        ("ConnectionStrings:redis", RedisConnection),
        ("Jobs:KeyPrefix", _name),
        ("Events:KeyPrefix", EventKeys),
        ("RateLimits:KeyPrefix", _name),
        ("Drain:Delay", "00:00:00"),
        ("Accounts:AdminPassword", AdminPassword),
        // A Redis that is merely slow must not make a test send again what was taken.
        ("Events:RedisTimeout", "00:00:30"),
    ];

    public int RedisPort => int.Parse(servers.Redis.Split(',')[0].Split(':')[^1], null);

    public async ValueTask InitializeAsync()
    {
        DatabaseConnection = await servers.CreateDatabaseAsync(_name);
        Database = NpgsqlDataSource.Create(DatabaseConnection);
        await TestKeys.AddAsync(Database);
    }

    /// <summary>A client of the api of <see cref="Client"/> that is signed in by an API key of an account with this role. For others: <c>StartApi().As(role)</c>.</summary>
    public HttpClient ApiAs(Role role)
    {
        if (!_signedIn.TryGetValue(role, out var client))
            _signedIn[role] = client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Client.BaseAddress }.As(role);
        return client;
    }

    public HttpClient StartApi(params (string Key, string Value)[] settings) => Start<App>(settings);

    /// <summary>An api that takes the time from <paramref name="clock"/>.</summary>
    public HttpClient StartApi(TimeProvider clock) => StartApi(services => services.AddSingleton(clock));

    /// <summary>An api some of whose services are others.</summary>
    public HttpClient StartApi(Action<IServiceCollection> replace, params (string Key, string Value)[] settings) => Start<App>(settings, replace);

    public HttpClient StartWorker(params (string Key, string Value)[] settings) => Start<MigrateAtStart>(settings);

    public HttpClient StartWorker(Action<IServiceCollection> replace, params (string Key, string Value)[] settings) => Start<MigrateAtStart>(settings, replace);

    /// <summary>Reaches its database otherwise from now on, as do the processes that are started after this.</summary>
    public void Reconnect(Action<NpgsqlConnectionStringBuilder> change)
    {
        var address = new NpgsqlConnectionStringBuilder(DatabaseConnection);
        change(address);
        lock (_owned) _owned.Add(Database);
        (DatabaseConnection, Database) = (address.ConnectionString, NpgsqlDataSource.Create(address.ConnectionString));
    }

    /// <summary>Reads one value straight from the database.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned) await owned.DisposeAsync();
        await Database.DisposeAsync();
        await servers.DropDatabaseAsync(_name);
    }

    private HttpClient Start<T>((string Key, string Value)[] settings, Action<IServiceCollection>? replace = null)
        where T : class
    {
        var process = new Process<T>([.. Settings, .. settings], replace);
        lock (_owned) _owned.Add(process);
        return process.Start();
    }
}
