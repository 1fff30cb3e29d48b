using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Gives every endpoint its address before anything starts, so that all connection strings are known.</summary>
internal sealed class EndpointAllocator(DcpClient client, DistributedApplicationOptions options)
{
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().Count(e => e.IsProxied) == 1 ? resource.Name : $"{resource.Name}-{endpoint.Name}".ToLowerInvariant();

    public Task AllocateAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken) => Task.WhenAll(
        from resource in resources
        from endpoint in resource.Annotations.OfType<EndpointAnnotation>()
        select AllocateAsync(resource, endpoint, cancellationToken));

    private async Task AllocateAsync(IResource resource, EndpointAnnotation endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.IsProxied)
        {
            var port = endpoint.Port ?? endpoint.TargetPort ?? throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of '{resource.Name}' has no proxy: it needs a port.");
            ThrowIfUsed(resource, endpoint, port);
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, port, $"{endpoint.TargetPort ?? port}");
            return;
        }
        var wanted = options.RandomizePorts ? null : endpoint.Port;
        if (wanted is { } fixedPort) ThrowIfUsed(resource, endpoint, fixedPort);
        var name = ServiceName(resource, endpoint);
        var annotations = new Dictionary<string, string> { ["resource-name"] = resource.Name, ["endpoint-name"] = endpoint.Name };
        await client.CreateAsync("services", new DcpObject<ServiceSpec>("Service", new(name, annotations), new(wanted)), cancellationToken);
        var given = await PortAsync(name, cancellationToken);
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, given, $"{{{{- portForServing \"{name}\" -}}}}");
    }

    private async Task<int> PortAsync(string service, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            while (true)
            {
                var status = (await client.GetAsync<ServiceSpec>("services", service, patience.Token))?.Status;
                if (status is { EffectivePort: { } port and > 0 }) return port;
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"DCP gave the endpoint '{service}' no port within 20 seconds.");
        }
    }

    /// <summary>DCP says nothing of a port that is taken: the endpoint would never come.</summary>
    private static void ThrowIfUsed(IResource resource, EndpointAnnotation endpoint, int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
        }
        catch (SocketException e)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which '{resource.Name}' needs for its endpoint '{endpoint.Name}', is in use by another process.", e);
        }
    }
}
