using LittleService.Data.Idempotency;
using LittleService.Jobs;

namespace LittleService.Worker.Idempotency;

public static class IdempotencyWorker
{
    private const string EveryHour = "7 * * * *";

    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddJob<CleanIdempotencyKeys, CleanIdempotencyKeysHandler>();
        builder.Services.AddSchedule("clean_idempotency_keys", EveryHour, new CleanIdempotencyKeys());
    }
}
