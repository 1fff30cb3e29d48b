using LittleService.Jobs;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LittleService.ChaosWorker.Proving;

/// <summary>
/// A Postgres (fsync on) and a Redis of the proof's own, in a folder that <c>script/prove-jobs</c> has prepared. <c>SERVER_AS</c> holds the
/// words before the command where Postgres may not run as who we are.
/// </summary>
internal sealed class Servers(string folder) : IAsyncDisposable
{
    private const string Effects =
        "CREATE TABLE effects (key text NOT NULL, worker text, job uuid, at timestamptz NOT NULL DEFAULT clock_timestamp()); CREATE INDEX ON effects (key text_pattern_ops)";

    private readonly string[] _as = (Environment.GetEnvironmentVariable("SERVER_AS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
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
        StartRedis();
        await StartPostgresAsync();
        await new Migrator(Source, NullLogger<Migrator>.Instance, JobSchema.Migrations).MigrateAsync(CancellationToken.None);
        await ExecuteAsync(Effects);
    }

    public void StartRedis() => Redis = Child.Start(
        "redis-server", ["--port", $"{_redisPort}", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""]);

    /// <summary>Returns when it answers. After a kill -9 it first has to wait for its orphans and to recover.</summary>
    public async Task StartPostgresAsync()
    {
        string[] command =
        [
            .. _as, "postgres", "-D", $"{folder}/data", "-p", $"{_postgresPort}", "-c", "fsync=on", "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=120",
        ];
        while (true)
        {
            Postgres = Child.Start(command[0], command[1..]);
            while (!Postgres.HasExited)
            {
                await Task.Delay(50);
                if (await AnswersAsync())
                    return;
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
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }

    public async Task<long> CountAsync(string sql, params object[] parameters) => (await QueryAsync(sql, static row => row.GetInt64(0), parameters))[0];

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Postgres.StopAsync("QUIT");
        await Redis.DisposeAsync();
    }

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
