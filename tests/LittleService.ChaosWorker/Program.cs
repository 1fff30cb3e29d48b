using LittleService.ChaosWorker;
using LittleService.ChaosWorker.Proving;
using LittleService.Jobs;
using LittleService.Jobs.Schedules;
using LittleService.Jobs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A worker or an enqueuer in a process of its own, for the tests to kill, stop and continue; or the proof, which starts them all itself.
// Settings come from the environment: those of the jobs, and Chaos:Schedule, Chaos:ClockAhead, Chaos:DieAfter.
if (args is ["prove", ..])
    return await Proof.RunAsync(args[1..]);

var builder = Host.CreateApplicationBuilder(args);
var chaos = builder.Configuration.GetSection("Chaos");
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
builder.Services.AddSingleton<TimeProvider>(new JobClock(chaos.GetValue<TimeSpan>("ClockAhead")));
if (chaos["DieAfter"] is { } statement)
    SuddenDeath.After(statement);
if (args is ["enqueue", ..])
{
    builder.AddJobs();
    builder.Services.AddHostedService<Enqueuer>();
}
else
{
    builder.AddJobWorker();
    builder.Services.AddJob<CountedEffect, CountedEffectHandler>();
    builder.Services.AddJob<Poison, PoisonHandler>();
    builder.Services.AddJob<Throwing, ThrowingHandler>();
    builder.Services.AddJob<Hanging, HangingHandler>();
    if (chaos["Schedule"] is { } schedule)
        builder.Services.AddSchedule(schedule, "* * * * *", new CountedEffect($"schedule {schedule}", 0), new() { Missed = MissedTicks.RunAll });
}

await builder.Build().RunAsync();
return 0;
