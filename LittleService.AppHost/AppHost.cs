using LittleService.AppHost;
using LittleService.AppHost.Deployment;
using LittleService.AppHost.Servers;
using LittleService.ServiceDefaults;

try
{
    LocalTraffic.Prepare();
    var builder = DistributedApplication.CreateBuilder(args);
    builder.AddUserSecretsInEveryEnvironment();

    // Containers; plain server processes where no container runtime answers; or what ConnectionStrings__db and __redis name.
    var servers = await builder.ChooseServersAsync();

    // The source of truth: items, accounts, jobs, stats.
    var db = servers.AddDatabase(ResourceNames.Database, ResourceNames.Postgres);

    // Speed: streams of jobs and events. Losing it costs time, never data.
    var redis = servers.AddRedis(ResourceNames.Redis);

    // The account "admin" begins with it: see Parameters in the dashboard.
    var adminPassword = builder.AddParameter(
        "admin-password", new GenerateParameterDefault { MinLength = 22 }, secret: true, persist: true);

    // Migrates the database when it starts, then runs jobs.
    var worker = builder.AddProject<Projects.LittleService_Worker>(ResourceNames.Worker)
        .WithEnvironment("Accounts__AdminPassword", adminPassword)
        .WithReference(db)
        .WithReference(redis)
        .WithHttpHealthCheck("/health");

    // Everything that a browser or a client reaches, behind one address.
    var api = builder.AddProject<Projects.LittleService_Api>(ResourceNames.Api)
        .WithReference(db)
        .WithReference(redis)
        .WithReplicas(2)
        .WithExternalHttpEndpoints()
        .WithHttpHealthCheck("/health");

    // Run mode only: in a deployment every process starts alone and becomes ready by itself.
    worker.WaitFor(db).WaitFor(redis);
    api.WaitFor(db).WaitFor(redis);

    builder.AddRunModeExtras(db, redis, worker, api);
    builder.AddDeployment(worker, api);

    await builder.WaitForFixedPortsAsync();
    await using var app = builder.Build();
    await app.RunAsync();
    return 0;
}
catch (StartException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
