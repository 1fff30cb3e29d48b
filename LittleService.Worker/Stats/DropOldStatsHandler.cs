using LittleService.Data.Stats;
using LittleService.Jobs;

namespace LittleService.Worker.Stats;

internal sealed class DropOldStatsHandler(StatsKeeper keeper) : IJobHandler<DropOldStats>
{
    public Task HandleAsync(DropOldStats job, JobContext context, CancellationToken cancellationToken) =>
        keeper.DropAsync(cancellationToken);
}
