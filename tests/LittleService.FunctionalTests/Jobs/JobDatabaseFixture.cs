using LittleService.Data.Migrations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A database of its own with the queue's tables, and a table <c>effects</c> for handlers to write.</summary>
public sealed class JobDatabaseFixture(Servers servers) : IAsyncLifetime
{
    private readonly string _name = $"test_{Guid.NewGuid():N}";
    private NpgsqlDataSource? _source;

    public NpgsqlDataSource Source => _source!;

    public string Database { get; private set; } = "";

    public string Redis => servers.Redis;

    public async ValueTask InitializeAsync()
    {
        await RunOnServerAsync($"CREATE DATABASE {_name}");
        Database = new NpgsqlConnectionStringBuilder(servers.Database) { Database = _name, MaxPoolSize = 20 }.ConnectionString;
        _source = NpgsqlDataSource.Create(Database);
        await new Migrator(Source, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        await ExecuteAsync("CREATE TABLE effects (key text NOT NULL, worker text, job uuid)");
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await RunOnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameter = null)
    {
        await using var command = Source.CreateCommand(sql);
        if (parameter is not null)
            command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task RunOnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(servers.Database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
