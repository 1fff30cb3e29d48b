using LittleService.Jobs;
using Microsoft.Extensions.Logging.Console;

namespace LittleService.Worker;

/// <summary>What an operator does with the queue, from a shell or the dashboard of the app host. Each prints one sentence.</summary>
public static class QueueVerbs
{
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Replay = "replay";
    public const string RunSchedule = "run-schedule";

    private static readonly string[] All = [Pause, Resume, Replay, RunSchedule];

    private static string Actor => $"worker verb of {Environment.UserName}";

    public static bool Includes(string verb) => All.Contains(verb);

    /// <summary>Runs a verb in a process that runs no jobs.</summary>
    public static async Task<int> RunAsync(WebApplicationBuilder builder, string verb, string? argument)
    {
        builder.Logging.AddFilter<ConsoleLoggerProvider>(category: null, LogLevel.Warning);
        await using var app = builder.Build();
        var jobs = app.Services.GetRequiredService<JobAdmin>();
        try
        {
            var (done, sentence) = await (verb switch
            {
                Pause => PauseAsync(jobs, argument ?? "default"),
                Resume => ResumeAsync(jobs, argument ?? "default"),
                Replay => ReplayAsync(jobs, argument),
                _ => RunScheduleAsync(jobs, argument),
            });
            await (done ? Console.Out : Console.Error).WriteLineAsync(sentence);
            return done ? 0 : 2;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"Nothing was done: {exception.Message}");
            return 1;
        }
    }

    private static async Task<(bool Done, string Sentence)> PauseAsync(JobAdmin jobs, string queue)
    {
        await jobs.PauseAsync(queue, Actor, CancellationToken.None);
        return (true, $"The queue {queue} is paused: no job of it starts until it is resumed.");
    }

    private static async Task<(bool Done, string Sentence)> ResumeAsync(JobAdmin jobs, string queue)
    {
        await jobs.ResumeAsync(queue, Actor, CancellationToken.None);
        return (true, $"The queue {queue} is resumed.");
    }

    private static async Task<(bool Done, string Sentence)> ReplayAsync(JobAdmin jobs, string? kind)
    {
        var count = await jobs.ReplayAsync(new() { Kind = kind }, Actor, CancellationToken.None);
        return (true, $"Replayed dead letters{(kind is null ? "" : $" of the kind {kind}")}: {count}.");
    }

    private static async Task<(bool Done, string Sentence)> RunScheduleAsync(JobAdmin jobs, string? schedule)
    {
        if (schedule is not null && await jobs.RunScheduleAsync(schedule, Actor, CancellationToken.None) is { } job)
            return (true, $"The schedule {schedule} runs now, as job {job}; its due times stay.");
        return (false, $"Name a schedule of this worker: {string.Join(", ", jobs.Schedules)}.");
    }
}
