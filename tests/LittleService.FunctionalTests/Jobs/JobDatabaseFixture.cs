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
        Database = await servers.CreateDatabaseAsync(_name);
        _source = NpgsqlDataSource.Create(Database);
        await ExecuteAsync("CREATE TABLE effects (key text NOT NULL, worker text, job uuid)");
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await servers.DropDatabaseAsync(_name);
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
}
