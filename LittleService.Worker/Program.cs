using LittleService.Data;
using LittleService.Data.Accounts;
using LittleService.Jobs;
using LittleService.Jobs.Redis;
using LittleService.ServiceDefaults;
using LittleService.Worker;
using LittleService.Worker.Accounts;
using LittleService.Worker.Idempotency;
using LittleService.Worker.Imports;
using LittleService.Worker.Items;
using LittleService.Worker.Stats;
using LittleService.Worker.Webhooks;

var verb = args is [var first, ..] && !first.StartsWith('-') ? first : "run";
if (verb is not ("run" or "migrate" or HealthVerb.Name) && !QueueVerbs.Includes(verb))
{
    await Console.Error.WriteLineAsync(
        $"The worker knows the verbs run, migrate, health, pause, resume, replay and run-schedule, not '{verb}'.");
    return 2;
}

var builder = WebApplication.CreateBuilder(args);
if (verb == HealthVerb.Name) return await HealthVerb.RunAsync(builder.Configuration);
var error = builder.Configuration.AddSecretFiles()
    ?? TrustedProxies.ConfigurationError(builder.Configuration)
    ?? KeyCertificate.ConfigurationError(builder.Configuration)
    ?? (verb == "run" ? FirstAdmin.ConfigurationError(builder.Configuration, builder.Environment) : null)
    ?? (verb == "migrate" ? null : RedisConnections.ConfigurationError(builder.Configuration, ResourceNames.Redis));
if (error is not null)
{
    await Console.Error.WriteLineAsync(error);
    return 1;
}

builder.AddServiceDefaults();
builder.AddData();
if (verb == "migrate") return await MigrateVerb.RunAsync(builder);
builder.AddJobWorker();
builder.Services.AddMigrateAtStart();
builder.AddIdempotency();
builder.AddItems();
builder.AddStats();
builder.AddImports();
builder.AddWebhooks();
builder.Services.ReadKeysAtFirstUse();

if (verb != "run") return await QueueVerbs.RunAsync(builder, verb, args.ElementAtOrDefault(1));
var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
