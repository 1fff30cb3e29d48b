using LittleService.ChaosWorker;
using LittleService.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A worker in a process of its own, for the tests to kill, stop and continue. Its settings come from the environment.
var builder = Host.CreateApplicationBuilder(args);
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
builder.AddJobWorker();
builder.Services.AddJob<CountedEffect, CountedEffectHandler>();
builder.Services.AddJob<Poison, PoisonHandler>();
await builder.Build().RunAsync();
