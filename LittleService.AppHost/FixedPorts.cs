using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost;

internal static class FixedPorts
{
    // An app host that was stopped a moment ago still holds its ports while the orchestrator clears up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Waits until the ports that launch settings name are free. The orchestrator would wait for them without a word, and the browser would
    /// meet whoever has them.
    /// </summary>
    /// <exception cref="StartException">Another process has kept one of them.</exception>
    public static async Task WaitForFixedPortsAsync(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        var ports = Ports(builder);
        var begin = TimeProvider.System.GetTimestamp();
        while (Taken(ports) is { } taken)
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                throw new StartException($"Port {taken} of the {ports[taken]} is taken by another process: stop that one, or start with "
                    + "aspire run --isolated, which takes free ports.");
            }
            await Task.Delay(Pause);
        }
    }

    private static Dictionary<int, string> Ports(IDistributedApplicationBuilder builder)
    {
        var ports = new Dictionary<int, string>();

        // As in tests and with aspire run --isolated, where the address of the dashboard is only a name.
        if (builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
            return ports;
        if (Uri.TryCreate(builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0], UriKind.Absolute, out var dashboard))
            ports[dashboard.Port] = "dashboard";
        foreach (var resource in builder.Resources)
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                if (endpoint.Port is { } port)
                    ports[port] = resource.Name;
        return ports;
    }

    private static int? Taken(Dictionary<int, string> ports) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .FirstOrDefault(listener => ports.ContainsKey(listener.Port))?.Port;
}
