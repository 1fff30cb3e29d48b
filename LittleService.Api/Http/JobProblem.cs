using LittleService.Jobs;
using LittleService.ServiceDefaults;

namespace LittleService.Api.Http;

/// <summary>What a client is told about a job that could not be enqueued.</summary>
internal static class JobProblem
{
    public static Problem? Of(Exception exception) => exception switch
    {
        JobRefusedException refused => new(StatusCodes.Status422UnprocessableEntity, refused.Message),
        JobQueueFullException full =>
            new(StatusCodes.Status503ServiceUnavailable, "Too much work is waiting. Try again later.", full.RetryAfter),
        _ => null,
    };
}
