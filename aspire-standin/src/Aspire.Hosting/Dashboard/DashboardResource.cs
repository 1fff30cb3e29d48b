using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard as a resource of the application: started and stopped like any other, but hidden.</summary>
internal sealed class DashboardResource : ExecutableResource
{
    public const string ResourceName = "aspire-dashboard";
    private const string Grpc = "otlp-grpc";
    private const string Http = "otlp-http";
    private readonly DashboardSettings _settings;
    private readonly Uri _resourceService;

    public DashboardResource(DashboardSettings settings, string program, Uri resourceService)
        : base(ResourceName, program, Path.GetDirectoryName(program)!)
    {
        (_settings, _resourceService) = (settings, resourceService);
        foreach (var address in settings.Frontends.DistinctBy(address => address.Scheme))
            Listen(address.Scheme, address.Scheme, address);
        if (settings.Frontends.Count == 0)
            Listen("http", "http", null);
        Listen(Grpc, settings.OtlpGrpc?.Scheme ?? "http", settings.OtlpGrpc, "http2");
        if (settings.OtlpHttp is { } http)
            Listen(Http, http.Scheme, http);
        Annotations.Add(new CommandLineArgsCallbackAnnotation(Add));
        Annotations.Add(new EnvironmentCallbackAnnotation(Fill));
        Annotations.Add(new ResourceIconAnnotation("ContentView"));
        Annotations.Add(new ResourceSnapshotAnnotation(new CustomResourceSnapshot { ResourceType = "Executable", Properties = [], IsHidden = true }));
    }

    /// <summary>What a browser opens.</summary>
    public EndpointReference Frontend => this.GetEndpoints().OrderByDescending(endpoint => endpoint.Scheme).First(IsFrontend);

    /// <summary>Where services send their telemetry.</summary>
    public EndpointReference Otlp => this.GetEndpoint(Grpc);

    public string OtlpKey => _settings.OtlpKey;

    private static bool IsFrontend(EndpointReference endpoint) => endpoint.EndpointName is "http" or "https";

    private void Listen(string name, string scheme, Uri? address, string? transport = null) =>
        Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, scheme, transport, name, _settings.Port(address)));

    private static Task Add(CommandLineArgsCallbackContext context)
    {
        context.Args.Add("dashboard");
        return Task.CompletedTask;
    }

    private Task Fill(EnvironmentCallbackContext context)
    {
        var variables = context.EnvironmentVariables;
        variables["ASPNETCORE_ENVIRONMENT"] = _settings.Environment;
        variables["ASPNETCORE_URLS"] = Inside([.. this.GetEndpoints().Where(IsFrontend)]);
        variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Inside(Otlp);
        if (_settings.OtlpHttp is not null)
            variables["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Inside(this.GetEndpoint(Http));
        variables["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = _resourceService.GetLeftPart(UriPartial.Authority);
        variables["DASHBOARD__FRONTEND__PUBLICURL"] = Frontend;
        Protect(variables, "FRONTEND", "BrowserToken", "BROWSERTOKEN", _settings.BrowserToken);
        Protect(variables, "RESOURCESERVICECLIENT", "ApiKey", "APIKEY", _settings.ResourceServiceKey);
        Protect(variables, "OTLP", "ApiKey", "PRIMARYAPIKEY", _settings.OtlpKey);
        Protect(variables, "API", "ApiKey", "PRIMARYAPIKEY", _settings.ApiKey);
        variables["ASPIRE_DASHBOARD_API_ENABLED"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "json";
        // The dashboard dies at once where it is inherited as 1.
        variables["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0";
        // Hexadecimal milliseconds: no second compilation of hot methods while the graph starts.
        variables["DOTNET_TC_CallCountingDelayMs"] = "2000";
        return Task.CompletedTask;
    }

    private static void Protect(Dictionary<string, object> variables, string part, string mode, string keyName, string? key)
    {
        variables[$"DASHBOARD__{part}__AUTHMODE"] = key is null ? "Unsecured" : mode;
        if (key is not null)
            variables[$"DASHBOARD__{part}__{keyName}"] = key;
    }

    // Others reach the proxy's port; the dashboard itself listens on a port behind it.
    private static ReferenceExpression Inside(params EndpointReference[] endpoints)
    {
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in endpoints)
        {
            urls.AppendLiteral($"{(urls.IsEmpty ? "" : ";")}{endpoint.Scheme}://localhost:");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
        }
        return urls.Build();
    }
}
