using Npgsql;

namespace LittleService.Tests.Processes;

/// <summary>
/// A Postgres (fsync on) and a Redis of one's own, as processes that may be hurt, with their data in a folder that ends with them. Postgres
/// refuses to run as root: then it runs as the user <c>postgres</c> of its package.
/// </summary>
internal sealed class OwnServers : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("littleservice-servers-").FullName;
    private readonly string[] _as = Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
    private readonly int _postgresPort = Ports.Free();
    private readonly int _redisPort = Ports.Free();
    private NpgsqlDataSource? _source;

    public Child Postgres { get; private set; } = null!;

    public Child Redis { get; private set; } = null!;

    public string DatabaseAddress => $"Host=127.0.0.1;Port={_postgresPort};Username=postgres;Database=postgres;Maximum Pool Size=20";

    public string RedisAddress => $"127.0.0.1:{_redisPort}";

    public NpgsqlDataSource Source => _source ??= NpgsqlDataSource.Create($"{DatabaseAddress};Timeout=2");

    public async Task StartAsync()
    {
        if (_as.Length > 0) await Child.RunAsync("chown", "postgres", _folder);
        await RunAsPostgresAsync("initdb", "-D", $"{_folder}/data", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-instructions");
        StartRedis();
        await StartPostgresAsync();
    }

    public void StartRedis() => Redis = Child.Start(
        "redis-server", ["--port", $"{_redisPort}", "--bind", "127.0.0.1", "--dir", _folder, "--appendonly", "yes", "--save", ""]);

    /// <summary>Returns when it answers. After a kill -9 it first has to wait for its orphans and to recover.</summary>
    public async Task StartPostgresAsync()
    {
        string[] command =
        [
            .. _as, Program("postgres"), "-D", $"{_folder}/data", "-p", $"{_postgresPort}", "-c", "fsync=on", "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=120",
        ];
        while (true)
        {
            Postgres = Child.Start(command[0], command[1..]);
            while (!Postgres.HasExited)
            {
                await Task.Delay(50);
                if (await AnswersAsync()) return;
            }
        }
    }

    public Task RedisAsync(params string[] command) => Child.RunAsync("redis-cli", ["-p", $"{_redisPort}", .. command]);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> row, params object[] parameters)
    {
        var rows = new List<T>();
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(row(reader));
        return rows;
    }

    public async Task<long> CountAsync(string sql, params object[] parameters) => (await QueryAsync(sql, static row => row.GetInt64(0), parameters))[0];

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Postgres.StopAsync("QUIT");
        await Redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task RunAsPostgresAsync(string program, params string[] arguments)
    {
        string[] command = [.. _as, Program(program), .. arguments];
        return Child.RunAsync(command[0], command[1..]);
    }

    // Debian keeps the programs of the server apart from those of the client.
    private static string Program(string name) => !Directory.Exists("/usr/lib/postgresql") ? name
        : Directory.EnumerateFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault(name);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await CountAsync("SELECT 1::bigint") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
