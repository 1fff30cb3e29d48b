using System.Net;
using LittleService.Api.Layout;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.FunctionalTests.Migrations;

/// <summary>What a newcomer sees first: a database without tables, or a server that has no database yet.</summary>
public sealed class FirstStart(Servers servers) : IAsyncLifetime
{
    // That of the migrator.
    private const long MigrationLock = 0x4C53_6D69_6772;
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EmptyDatabaseCausesNoWarning()
    {
        await _service.ExecuteAsync("drop schema public cascade; create schema public");
        await using var connection = await _service.Database.OpenConnectionAsync(Stop);
        await LockAsync(connection, "pg_advisory_lock");
        var log = new LogLines();
        await using var api = Start<App>(log);
        await using var worker = Start<MigrateAtStart>(log);
        HttpClient[] clients = [api.Start(), worker.Start()];
        // By then everything has asked for its tables that does not wait for them.
        foreach (var client in clients) await IsAnsweredAsync(client, HttpStatusCode.ServiceUnavailable);
        await Eventually.SeeAsync(
            () => _service.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'"),
            count => count == 1);

        await LockAsync(connection, "pg_advisory_unlock");

        foreach (var client in clients) await IsAnsweredAsync(client, HttpStatusCode.OK);
        // On a slow machine the worker may have said for whom it waited.
        Assert.DoesNotContain(log.Warnings, warning => !warning.Contains("waits for a lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DatabaseThatIsMadeLaterCausesNoWarning()
    {
        var name = $"test_{Guid.NewGuid():N}";
        var address = new NpgsqlConnectionStringBuilder(_service.DatabaseConnection) { Database = name }.ConnectionString;
        var log = new LogLines();
        await using (var worker = Start<MigrateAtStart>(log, ("ConnectionStrings:db", address)))
        {
            using var client = worker.Start();
            await Eventually.SeeAsync(() => Task.FromResult(log.Text), text => text.Contains("cannot be brought up to date yet", StringComparison.Ordinal));

            await _service.ExecuteAsync($"create database {name}");

            await IsAnsweredAsync(client, HttpStatusCode.OK);
            Assert.Empty(log.Warnings);
        }

        NpgsqlConnection.ClearAllPools();
        await _service.ExecuteAsync($"drop database {name} with (force)");
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static async Task LockAsync(NpgsqlConnection connection, string function)
    {
        await using var command = new NpgsqlCommand($"select {function}({MigrationLock})", connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task IsAnsweredAsync(HttpClient client, HttpStatusCode expected) => await Eventually.SeeAsync(
        async () =>
        {
            using var answer = await client.GetAsync("/health", Stop);
            return answer.StatusCode;
        },
        status => status == expected);

    private Process<T> Start<T>(LogLines log, params (string Key, string Value)[] settings)
        where T : class
        => new([.. _service.Settings, .. settings], services => services.AddSingleton<ILoggerProvider>(log));
}
