using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dcp;

/// <summary>The addresses shown for a resource.</summary>
internal static class Urls
{
    public static async Task<ImmutableArray<UrlSnapshot>> OfAsync(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        var endpoints = resource is IResourceWithEndpoints owner ? owner.GetEndpoints().Where(e => e.IsAllocated) : [];
        List<ResourceUrlAnnotation> urls = [.. endpoints.Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e })];
        var context = new ResourceUrlsCallbackContext(services.GetRequiredService<DistributedApplicationExecutionContext>(), resource, urls, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()) await callback.Callback(context);
        return [.. urls.Select((url, index) => new UrlSnapshot(url.Endpoint?.EndpointName, Absolute(url), url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
        {
            DisplayProperties = new(url.DisplayText ?? "", -index),
            IsInactive = true,
        })];
    }

    private static string Absolute(ResourceUrlAnnotation url) =>
        url.Url.StartsWith('/') && url.Endpoint is { } endpoint ? new Uri(new Uri(endpoint.Url), url.Url).ToString() : url.Url;
}
