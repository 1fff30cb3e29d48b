using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dcp;

/// <summary>What containers need before the first of them: an engine, and a network on which they reach each other.</summary>
internal static class ContainerEngine
{
    public static async Task PrepareAsync(DistributedApplicationModel model, IServiceProvider services, DcpClient client, CancellationToken cancellationToken)
    {
        if (model.Resources.OfType<ContainerResource>().FirstOrDefault() is not { } container) return;
        if (await FaultAsync(cancellationToken) is { } fault)
            throw new DistributedApplicationException($"Resource '{container.Name}' is a container, and {fault}.");
        var name = $"aspire-session-network-{Guid.NewGuid().ToString("N")[..8]}-{services.GetRequiredService<AppHost>().Name}";
        await client.CreateAsync("containernetworks", new DcpObject<NetworkSpec>("ContainerNetwork", new(SpecFactory.Network), new(name)), cancellationToken);
    }

    private static async Task<string?> FaultAsync(CancellationToken cancellationToken)
    {
        var bundle = await AspireBundle.FindAsync(cancellationToken);
        using var process = Process.Start(new ProcessStartInfo(bundle.Dcp, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        var containers = JsonDocument.Parse(answer).RootElement.GetProperty("containers");
        if (containers.GetProperty("running").GetBoolean()) return null;
        var runtime = containers.GetProperty("runtime").GetString();
        return containers.GetProperty("installed").GetBoolean() ? $"{runtime} is installed but does not answer" : "no container engine is installed";
    }
}
