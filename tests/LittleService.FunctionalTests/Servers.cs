using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using LittleService.Data.Migrations;
using LittleService.FunctionalTests;
using LittleService.Jobs.Storage;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(Servers))]

// Most tests wait for servers, leases and retries more than they compute.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace LittleService.FunctionalTests;

/// <summary>
/// The Postgres and the Redis that all tests share: those that <c>ConnectionStrings__db</c> and <c>ConnectionStrings__redis</c> name, or else
/// those of the app host, started without its api and worker and with a data folder of their own.
/// </summary>
public sealed class Servers : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    // All migrations, run once; the databases of the tests are copies.
    private readonly string _template = $"test_{Guid.NewGuid():N}";
    private readonly string _dataFolder = Path.Combine(Path.GetTempPath(), $"littleservice-test-{Guid.NewGuid():N}");
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    public string Database { get; private set; } = "";

    public string Redis { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var (database, redis) = (FromOutside(ResourceNames.Database), FromOutside(ResourceNames.Redis));
        if (database is null || redis is null) await StartAsync();
        Database = database ?? (await _app!.GetConnectionStringAsync(ResourceNames.Database))!;
        Redis = redis ?? (await _app!.GetConnectionStringAsync(ResourceNames.Redis))!;
        if (database is null) await FitTestsAsync();
        await ExecuteAsync($"create database {_template} encoding 'UTF8' template template0");
        await using var migrated = NpgsqlDataSource.Create(ConnectionTo(_template));
        await new Migrator(migrated, NullLogger<Migrator>.Instance, Schema.Migrations).MigrateAsync(CancellationToken.None);
    }

    /// <summary>Creates a database with all tables; gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await ExecuteAsync($"create database {name} template {_template}");
        return ConnectionTo(name);
    }

    public Task DropDatabaseAsync(string name) => ExecuteAsync($"drop database if exists {name} with (force)");

    /// <summary>Runs statements, one after the other, as who owns the server.</summary>
    public async Task ExecuteAsync(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        foreach (var statement in statements)
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Database.Length > 0) await DropDatabaseAsync(_template);
        if (_app is not null) await _app.DisposeAsync();
        if (_builder is not null) await _builder.DisposeAsync();
        await DeleteDataAsync();
    }

    // The app host has stopped, but a server of it may write its last lines still.
    private async Task DeleteDataAsync()
    {
        for (var attempt = 1; Directory.Exists(_dataFolder); attempt++)
        {
            try
            {
                Directory.Delete(_dataFolder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    // Servers of our own end with the tests: what they write need not reach the disk. Several tests with several processes each run at
    // once, which can be more than the usual 100 connections.
    private async Task FitTestsAsync()
    {
        await ExecuteAsync("alter system set fsync = off", "alter system set max_connections = 300");
        await _app!.ResourceCommands.ExecuteCommandAsync("postgres", KnownResourceCommands.RestartCommand);
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await HasRoomAsync()) await Task.Delay(100, limit.Token);
    }

    private async Task<bool> HasRoomAsync()
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(Database);
            await using var command = source.CreateCommand("show max_connections");
            return (string?)await command.ExecuteScalarAsync() == "300";
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    // What is idle leaves soon: a server from outside may take 100 connections.
    private string ConnectionTo(string name) => new NpgsqlConnectionStringBuilder(Database)
    {
        Database = name,
        MaxPoolSize = 20,
        ConnectionIdleLifetime = 3,
        ConnectionPruningInterval = 1,
    }.ConnectionString;

    private static string? FromOutside(string name) =>
        Environment.GetEnvironmentVariable($"ConnectionStrings__{name}") is { Length: > 0 } connection ? connection : null;

    private async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LittleService_AppHost>([$"--DataFolder={_dataFolder}"], limit.Token);
        foreach (var project in _builder.Resources.OfType<ProjectResource>().ToList()) _builder.Resources.Remove(project);
        _app = await _builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(ResourceNames.Database, limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(ResourceNames.Redis, limit.Token);
    }
}
