using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes endpoints as bindings. An endpoint whose port nobody said gets one from 8000 on, each once.</summary>
internal sealed class ManifestPorts
{
    private readonly HashSet<int> _used = [];
    private int _next = 8000;

    public void WriteBindings(Utf8JsonWriter json, IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
            return;
        HashSet<string> schemes = [];
        json.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
            WriteBinding(json, endpoint, TargetPort(resource, endpoint, firstOfScheme: schemes.Add(endpoint.UriScheme)));
        json.WriteEndObject();
    }

    private void WriteBinding(Utf8JsonWriter json, EndpointAnnotation endpoint, int? targetPort)
    {
        if (endpoint.Port is { } used)
            _used.Add(used);
        json.WriteStartObject(endpoint.Name);
        json.WriteString("scheme", endpoint.UriScheme);
        json.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
        json.WriteString("transport", endpoint.Transport);
        if (endpoint.Port is { } port && port != targetPort)
            json.WriteNumber("port", port);
        if (targetPort is { } target)
            json.WriteNumber("targetPort", target);
        if (endpoint.IsExternal)
            json.WriteBoolean("external", true);
        json.WriteEndObject();
    }

    // The first http and https endpoint of a project get their port from whoever deploys.
    private int? TargetPort(IResource resource, EndpointAnnotation endpoint, bool firstOfScheme)
    {
        var port = endpoint.TargetPort
            ?? (resource is ContainerResource ? endpoint.Port : null)
            ?? (resource is ProjectResource && endpoint.UriScheme is "http" or "https" && firstOfScheme ? null : (int?)Allocate());
        if (port is { } used)
            _used.Add(used);
        return port;
    }

    private int Allocate()
    {
        while (_used.Contains(_next))
            _next++;
        return _next;
    }
}
