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
/// Reports the health of this process to the database every few seconds, and reads the reports of all: so the api shows the workers too,
/// which it cannot reach. A process that stops deletes its row; one that was killed is still listed, with the time of its last report.
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
        var rows = await database.QueryAsync<Row>(
            """
            select service, process, started_at, heard_at, draining, dependencies from process_reports
            where heard_at > now() - interval '1 day' order by service, started_at
            """, null, cancellationToken);
        return rows.ConvertAll(row => new ProcessReport(
            row.Service, row.Process, row.StartedAt, row.HeardAt, row.Draining,
            JsonSerializer.Deserialize<DependencyHealth[]>(row.Dependencies, Json)!));
    });

    // Deleted by the loop, which ends once: a host may be stopped twice, and the second time the database is already disposed.
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
            await TryAsync("delete from process_reports where id = @id", new { id = _id }, CancellationToken.None);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var values = new
        {
            id = _id,
            service = environment.ApplicationName,
            process = $"{Environment.MachineName}:{Environment.ProcessId}",
            draining = state.IsDraining,
            dependencies = JsonSerializer.Serialize(await health.GetAsync(cancellationToken), Json),
        };
        await TryAsync(
            """
            insert into process_reports (id, service, process, draining, dependencies)
              values (@id, @service, @process, @draining, @dependencies::jsonb)
            on conflict (id) do update set heard_at = now(), draining = excluded.draining, dependencies = excluded.dependencies
            """, values, cancellationToken);
    }

    // The health check reports an unavailable database; here it only explains a missing report.
    private async Task TryAsync(string sql, object values, CancellationToken cancellationToken)
    {
        try
        {
            await watch.WaitAsync(() => database.ExecuteAsync(sql, values, cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or DatabaseUnavailableException or OperationCanceledException)
        {
            LogUnwritten(exception.Message);
        }
    }

    private sealed record Row(
        string Service, string Process, DateTime StartedAt, DateTime HeardAt, bool Draining, string Dependencies);

    [LoggerMessage(LogLevel.Debug, "The state of this process could not be written down: {Reason}")]
    private partial void LogUnwritten(string reason);
}
