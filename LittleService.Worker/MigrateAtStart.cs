using LittleService.Data.Accounts;
using LittleService.Jobs;
using LittleService.Jobs.Storage;
using LittleService.Worker.Accounts;
using Npgsql;

namespace LittleService.Worker;

/// <summary>
/// Brings the schema up to date in the background: the process starts without a database and its health says what it waits for.
/// </summary>
public sealed partial class MigrateAtStart(
    Migrator migrator, FirstAdmin admin, SchemaSignal schema, TimeProvider time, ILogger<MigrateAtStart> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // How long a missing database may still be starting.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private readonly long _started = time.GetTimestamp();
    private string? _said;
    private long _saidAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryMigrateAsync(stoppingToken)) await Task.Delay(Pause, time, stoppingToken);
    }

    private async Task<bool> TryMigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var applied = await migrator.MigrateAsync(cancellationToken);
            schema.Set();
            await admin.AddAsync(cancellationToken);
            LogMigrated(applied.Count);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Say(exception);
            return false;
        }
    }

    // It is retried every second; the same reason is logged once a minute.
    private void Say(Exception exception)
    {
        var reason = exception is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused
            ? $"{refused.MessageText}. Where this role may not migrate, run the worker's verb migrate as the owner of the tables."
            : exception.Message;
        if (reason == _said && time.GetElapsedTime(_saidAt) < Again) return;
        (_said, _saidAt) = (reason, time.GetTimestamp());
        var starting = IsNotThereYet(exception) && time.GetElapsedTime(_started) < Grace;
        LogWaiting(starting ? LogLevel.Information : LogLevel.Warning, reason);
    }

    private static bool IsNotThereYet(Exception exception) => exception is NpgsqlException and not PostgresException
        or PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.CannotConnectNow };

    [LoggerMessage(LogLevel.Information, "The schema is current; {Count} migrations were applied.")]
    private partial void LogMigrated(int count);

    [LoggerMessage("The schema cannot be brought up to date yet, trying again: {Reason}")]
    private partial void LogWaiting(LogLevel level, string reason);
}

public static class MigrateAtStartExtensions
{
    /// <summary>Adds <see cref="MigrateAtStart"/>; jobs and all that else uses the database wait for it.</summary>
    public static void AddMigrateAtStart(this IServiceCollection services)
    {
        services.AddAccountStores();
        services.AddSingleton<FirstAdmin>();
        services.AddSingleton<SchemaSignal>();
        services.AddHostedService<MigrateAtStart>();
        services.AddOptions<JobOptions>().Configure<SchemaSignal>((options, schema) => options.StartAfter = schema.WaitAsync);
    }
}
