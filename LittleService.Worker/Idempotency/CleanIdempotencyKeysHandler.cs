using LittleService.Data.Idempotency;
using LittleService.Jobs;

namespace LittleService.Worker.Idempotency;

public sealed class CleanIdempotencyKeysHandler : IJobHandler<CleanIdempotencyKeys>
{
    public async Task HandleAsync(CleanIdempotencyKeys job, JobContext context, CancellationToken cancellationToken) =>
        await IdempotencyKeys.CleanAsync(await context.TransactionAsync(cancellationToken), cancellationToken);
}
