using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting;

/// <summary>Tells a project where its telemetry goes.</summary>
internal static class Otlp
{
    // DCP replaces these when the process starts: each replica is an instance of its own.
    private const string Instance = "{{- index .Annotations \"otel-service-instance-id\" -}}";

    /// <summary>
    /// The same variables as the real packages set, without OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY: that makes an exporter retry its
    /// last batch into a dashboard that has gone, and a service that ends in 0.1 s needs 13 s. Without a dashboard nothing is set
    /// but the name: an exporter that nobody listens to costs time and helps nobody.
    /// </summary>
    public static void AddEnvironment(EnvironmentCallbackContext context, IResourceCollection resources)
    {
        var variables = context.EnvironmentVariables;
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Instance}";
        if (resources.OfType<DashboardResource>().FirstOrDefault() is not { } dashboard) return;

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.Otlp;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.OtlpKey}";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
    }
}
