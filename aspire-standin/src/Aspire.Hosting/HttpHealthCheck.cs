using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Asks an http endpoint and looks at the status code.</summary>
internal sealed class HttpHealthCheck(
    ResourceNotificationService notifications, IResourceWithEndpoints resource, string? endpointName, string path, int statusCode) : IHealthCheck
{
    // DCP's proxy accepts and then stays silent while nobody stands behind it.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(3),
    };

    public static void Add(
        IServiceCollection services, string key, IResourceWithEndpoints resource, string? endpointName, string path, int statusCode) =>
        services.AddHealthChecks().Add(new HealthCheckRegistration(key, provider => new HttpHealthCheck(
            provider.GetRequiredService<ResourceNotificationService>(), resource, endpointName, path, statusCode), null, null));

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var endpoint = endpointName is null
            ? resource.GetEndpoints().FirstOrDefault(e => e.IsHttp || e.IsHttps)
            : resource.GetEndpoint(endpointName);
        if (endpoint is not { IsAllocated: true }) return HealthCheckResult.Unhealthy("It has no http endpoint.");
        var replicas = endpoint.EndpointAnnotation.Replicas?.Invoke() ?? [new Uri(endpoint.Url)];
        var results = await Task.WhenAll(replicas.Select(address => AskAsync(new Uri(address, path), cancellationToken)));
        var expected = notifications.Current(resource).Count(s => s.State?.Text is nameof(KnownResourceStates.Running) or nameof(KnownResourceStates.Starting));
        return results.Length < expected || results.Length == 0
            ? HealthCheckResult.Unhealthy($"{results.Length} of {expected} replicas listen.")
            : results.MinBy(r => r.Status);
    }

    private async Task<HealthCheckResult> AskAsync(Uri uri, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Client.GetAsync(uri, cancellationToken);
            return (int)response.StatusCode == statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{uri} answered {(int)response.StatusCode} instead of {statusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy($"{uri} did not answer.", e);
        }
    }
}
