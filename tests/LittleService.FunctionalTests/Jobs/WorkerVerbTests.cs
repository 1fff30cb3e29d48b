using System.Diagnostics;
using LittleService.Worker;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>What an operator does with the queue from a shell.</summary>
public sealed class WorkerVerbTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QueueIsPausedAndResumed()
    {
        Assert.Equal((0, "The queue slow is paused: no job of it starts until it is resumed."), await RunAsync("pause", "slow"));
        Assert.True(await service.ScalarAsync<bool>("select paused_at is not null from job_queues where queue = 'slow'"));

        Assert.Equal((0, "The queue slow is resumed."), await RunAsync("resume", "slow"));
        Assert.True(await service.ScalarAsync<bool>("select paused_at is null from job_queues where queue = 'slow'"));
    }

    [Fact]
    public async Task DeadLettersOfAKindAreReplayed()
    {
        await service.ExecuteAsync(
            """
            insert into jobs (id, run_at, finished_at, attempt, priority, version, state, queue, kind, payload, reason)
            select gen_random_uuid(), now(), now(), 5, 1, 1, 'dead', 'unheard', kind, '{}', 'broken' from unnest(array['verb_a', 'verb_a', 'verb_b']) kind
            """);

        Assert.Equal((0, "Replayed dead letters of the kind verb_a: 2."), await RunAsync("replay", "verb_a"));

        Assert.Equal(1, await service.ScalarAsync<long>("select count(*) from jobs where kind like 'verb_%' and state = 'dead'"));
    }

    [Fact]
    public async Task ScheduleRunsOnceMoreAndItsDueTimesStay()
    {
        var (code, said) = await RunAsync("run-schedule", "clean_imports");

        Assert.Equal(0, code);
        Assert.Matches("^The schedule clean_imports runs now, as job [0-9a-f-]{36}; its due times stay.$", said);
        Assert.Equal(1, await service.ScalarAsync<long>("select count(*) from jobs where kind = 'clean_imports'"));
        Assert.Equal(0, await service.ScalarAsync<long>("select count(*) from job_ticks"));
        Assert.Equal(1, await service.ScalarAsync<long>("select count(*) from job_audit where action = 'run-schedule' and detail = 'clean_imports'"));
    }

    [Theory]
    [InlineData("run-schedule", "no_such", "Name a schedule of this worker: clean_idempotency_keys, clean_imports, drop_old_stats.")]
    [InlineData("dance", "", "The worker knows the verbs run, migrate, health, pause, resume, replay and run-schedule, not 'dance'.")]
    public async Task WhatCannotBeDoneIsSaid(string verb, string argument, string said) => Assert.Equal((2, said), await RunAsync(verb, argument));

    private async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var settings = service.Settings.Select(setting => $"--{setting.Key}={setting.Value}");
        var start = new ProcessStartInfo("dotnet", [typeof(QueueVerbs).Assembly.Location, .. arguments, .. settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (await process.StandardOutput.ReadToEndAsync(Stop), await process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, (output + errors).Trim());
    }
}
