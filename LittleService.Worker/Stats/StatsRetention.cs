using LittleService.Data.Stats;

namespace LittleService.Worker.Stats;

/// <summary>Every hour drops the partitions whose time has passed.</summary>
internal sealed partial class StatsRetention(StatsKeeper keeper, TimeProvider time, ILogger<StatsRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true) await Task.Delay(await TryDropAsync(stoppingToken) ? Pause : PauseAfterFailure, time, stoppingToken);
    }

    private async Task<bool> TryDropAsync(CancellationToken cancellationToken)
    {
        try
        {
            LogDropped(await keeper.DropAsync(cancellationToken));
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} partitions of events and their sums were dropped.")]
    private partial void LogDropped(int count);

    [LoggerMessage(LogLevel.Warning, "Old sums of events stay a little longer: {Reason}")]
    private partial void LogFailed(string reason);
}
