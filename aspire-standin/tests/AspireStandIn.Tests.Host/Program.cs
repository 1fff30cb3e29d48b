using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireStandIn.Tests.Host;
using Microsoft.Extensions.Configuration;

// The first argument says which application this is, or that it is a server; the rest are arguments like any.
var scenario = args.FirstOrDefault() ?? "sleep";
if (scenario == "serve")
{
    await Server.RunAsync();
    return;
}
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args[1..], DisableDashboard = true });

switch (scenario)
{
    case "sleep":
        // The number is how a test finds these processes among all others.
        var seconds = builder.Configuration["Seconds"] ?? "1000";
        var first = builder.AddExecutable("first", "sleep", "/", seconds);
        builder.AddExecutable("second", "sleep", "/", seconds).WaitFor(first);
        break;
    case "port":
        builder.AddExecutable("server", "/bin/sh", "/", "-c", "exec sleep 1000").WithHttpEndpoint(port: builder.Configuration.GetValue<int>("Port"));
        break;
    case "dies":
        var dying = builder.AddExecutable("server", "/bin/sh", "/", "-c", "echo the disk is full >&2; exit 3").WithHealthCheck("never");
        builder.AddExecutable("client", "/bin/sh", "/", "-c", "exec sleep 1000").WaitFor(dying);
        break;
    case "not-found":
        var missing = builder.AddExecutable("server", "/no/such/program", "/");
        builder.AddExecutable("client", "/bin/sh", "/", "-c", "exec sleep 1000").WaitFor(missing);
        break;
    case "name":
        builder.AddExecutable("no spaces", "/bin/true", "/");
        break;
    case "twice":
        builder.AddExecutable("server", "/bin/true", "/");
        builder.AddExecutable("Server", "/bin/true", "/");
        break;
    case "parameter":
        builder.AddParameter("token", secret: true);
        break;
    case "generated":
        var generated = builder.AddParameter("generated", new GenerateParameterDefault { MinLength = 30, Special = false }, secret: true, persist: true);
        builder.AddExecutable("show", "/bin/sh", "/", "-c", "exec sleep 1000");
        Console.WriteLine($"generated: {await generated.Resource.GetValueAsync(CancellationToken.None)}");
        break;
    case "container":
        builder.AddContainer("box", "nothing/nowhere");
        break;
    default:
        throw new DistributedApplicationException($"There is no scenario '{scenario}'.");
}

builder.Build().Run();
