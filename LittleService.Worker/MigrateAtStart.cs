using LittleService.Data.Migrations;
using LittleService.Worker.Accounts;

namespace LittleService.Worker;

/// <summary>Brings the schema up to date in the background: the process starts without a database and its health says what it waits for.</summary>
public sealed partial class MigrateAtStart(Migrator migrator, FirstAdmin admin, TimeProvider time, ILogger<MigrateAtStart> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryMigrateAsync(stoppingToken)) await Task.Delay(Pause, time, stoppingToken);
    }

    private async Task<bool> TryMigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var applied = await migrator.MigrateAsync(cancellationToken);
            await admin.AddAsync(cancellationToken);
            LogMigrated(applied.Count);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogWaiting(exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "The schema is current; {Count} migrations were applied.")]
    private partial void LogMigrated(int count);

    [LoggerMessage(LogLevel.Warning, "The schema cannot be brought up to date yet, trying again: {Reason}")]
    private partial void LogWaiting(string reason);
}
