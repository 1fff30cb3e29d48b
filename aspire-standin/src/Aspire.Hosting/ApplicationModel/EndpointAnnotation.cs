using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address on which a resource listens.</summary>
/// <param name="protocol">TCP in practice.</param>
/// <param name="uriScheme">Default: the protocol.</param>
/// <param name="transport">Default: http for http and https, else the protocol.</param>
/// <param name="name">Default: the scheme.</param>
/// <param name="port">The port that others use; null means a free one.</param>
/// <param name="targetPort">The port on which the process listens; null means a free one.</param>
/// <param name="isExternal">Reachable from outside where deployed.</param>
/// <param name="isProxied">A proxy stands before the process; default true.</param>
public sealed class EndpointAnnotation(
    ProtocolType protocol,
    string? uriScheme = null,
    string? transport = null,
    string? name = null,
    int? port = null,
    int? targetPort = null,
    bool? isExternal = null,
    bool? isProxied = null) : IResourceAnnotation
{
    private string? _transport = transport;
    private volatile TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Unique within the resource.</summary>
    public string Name { get; set; } = name ?? uriScheme ?? "tcp";

    /// <summary>The protocol below the scheme.</summary>
    public ProtocolType Protocol { get; set; } = protocol;

    /// <summary>The port that others use; null means a free one.</summary>
    public int? Port { get; set; } = port;

    /// <summary>The port on which the process listens; null means a free one.</summary>
    public int? TargetPort { get; set; } = targetPort;

    /// <summary>The scheme of its address.</summary>
    public string UriScheme { get; set; } = uriScheme ?? "tcp";

    /// <summary>The host name in its address.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>tcp, http or http2.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : "tcp");
        set => _transport = value;
    }

    /// <summary>Reachable from outside where deployed.</summary>
    public bool IsExternal { get; set; } = isExternal ?? false;

    /// <summary>A proxy stands before the process.</summary>
    public bool IsProxied { get; set; } = isProxied ?? true;

    /// <summary>The address it got; null until it has one.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set
        {
            if (value is not null && !_allocated.TrySetResult(value))
            {
                _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _allocated.SetResult(value);
            }
        }
    }

    /// <summary>Where each replica listens behind the proxy; null where there is one instance.</summary>
    internal Func<IReadOnlyList<Uri>>? Replicas { get; set; }

    internal Task<AllocatedEndpoint> AllocatedAsync(CancellationToken cancellationToken) => _allocated.Task.WaitAsync(cancellationToken);
}

/// <summary>The address that an endpoint got.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="address">The host name.</param>
/// <param name="port">The port that others use.</param>
/// <param name="targetPortExpression">What DCP replaces by the port on which the process listens.</param>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; } = endpoint;

    /// <summary>The host name.</summary>
    public string Address { get; } = address;

    /// <summary>The port that others use.</summary>
    public int Port { get; } = port;

    /// <summary>The scheme of the address.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>Host and port.</summary>
    public string EndPointString => $"{Address}:{Port}";

    /// <summary>Scheme, host and port.</summary>
    public string UriString => $"{UriScheme}://{EndPointString}";

    /// <summary>What DCP replaces by the port on which the process listens.</summary>
    public string? TargetPortExpression { get; } = targetPortExpression;
}
