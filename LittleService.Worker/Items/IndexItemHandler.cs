using LittleService.Data.Items;
using LittleService.Jobs;

namespace LittleService.Worker.Items;

public sealed class IndexItemHandler : IJobHandler<IndexItem>
{
    public async Task HandleAsync(IndexItem job, JobContext context, CancellationToken cancellationToken) =>
        await ItemStore.IndexAsync(await context.TransactionAsync(cancellationToken), job.ItemId, cancellationToken);
}
