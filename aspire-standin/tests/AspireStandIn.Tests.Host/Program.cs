using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

// The first argument says which application this is; the rest are arguments like any.
var scenario = args.FirstOrDefault() ?? "sleep";
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args[1..], DisableDashboard = true });

switch (scenario)
{
    case "sleep":
        var first = builder.AddExecutable("first", "/bin/sh", "/", "-c", "exec sleep 1000");
        builder.AddExecutable("second", "/bin/sh", "/", "-c", "exec sleep 1000").WaitFor(first);
        break;
    case "port":
        builder.AddExecutable("server", "/bin/sh", "/", "-c", "exec sleep 1000").WithHttpEndpoint(port: builder.Configuration.GetValue<int>("Port"));
        break;
    case "dies":
        var dying = builder.AddExecutable("server", "/bin/sh", "/", "-c", "echo the disk is full >&2; exit 3");
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
