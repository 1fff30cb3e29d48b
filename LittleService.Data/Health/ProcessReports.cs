using System.Text.Json;
using System.Text.Json.Serialization;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.Data.Health;

/// <summary>A process of the service as it last reported, UTC.</summary>
public sealed record ProcessReport(
    string Service, string Process, DateTime StartedAt, DateTime HeardAt, bool Draining, IReadOnlyList<DependencyHealth> Dependencies);

/// <summary>
/// Writes down every few seconds how this process is, and reads how all are: who looks at one api sees the workers too, although none of
/// them can be reached from there. A process that stops takes its row away; one that is killed is still seen, with the time of its last
/// sign of life.
/// </summary>
public sealed partial class ProcessReports(
    NpgsqlDataSource database, DatabaseWatch watch, HealthMonitor health, ServiceState state, IHostEnvironment environment,
    TimeProvider time,
    ILogger<ProcessReports> log) : BackgroundService
{
    /// <summary>How often each process writes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly Guid _id = Guid.CreateVersion7();

    /// <summary>All processes heard of within a day, those of one service together.</summary>
    public Task<List<ProcessReport>> ListAsync(CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand(
            """
            select service, process, started_at, heard_at, draining, dependencies from process_reports
            where heard_at > now() - interval '1 day' order by service, started_at
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var reports = new List<ProcessReport>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var dependencies = JsonSerializer.Deserialize<DependencyHealth[]>(reader.GetString(5), Json)!;
            reports.Add(
                new(reader.GetString(0), reader.GetString(1), reader.GetDateTime(2), reader.GetDateTime(3), reader.GetBoolean(4),
                    dependencies));
        }
        return reports;
    });

    // Taken away by the loop itself: it runs once, while a host may be told to stop twice, and the second time the database is disposed
    // already.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await ReportAsync(stoppingToken);
                await Task.Delay(Period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await TryAsync("delete from process_reports where id = $1", [new() { Value = _id }], CancellationToken.None);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var dependencies = await health.GetAsync(cancellationToken);
        await TryAsync(
            """
            insert into process_reports (id, service, process, draining, dependencies) values ($1, $2, $3, $4, $5::jsonb)
            on conflict (id) do update set heard_at = now(), draining = excluded.draining, dependencies = excluded.dependencies
            """,
            [
                new() { Value = _id },
                new() { Value = environment.ApplicationName },
                new() { Value = $"{Environment.MachineName}:{Environment.ProcessId}" },
                new() { Value = state.IsDraining },
                new() { Value = JsonSerializer.Serialize(dependencies, Json) },
            ],
            cancellationToken);
    }

    // The health check reports a database that is away; here it is only why a report is missing.
    private async Task TryAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        try
        {
            await watch.WaitAsync(async () =>
            {
                await using var command = database.CreateCommand(sql);
                command.Parameters.AddRange(parameters);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            });
        }
        catch (Exception exception) when (exception is NpgsqlException or DatabaseUnavailableException or OperationCanceledException)
        {
            LogUnwritten(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The state of this process could not be written down: {Reason}")]
    private partial void LogUnwritten(string reason);
}
