using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LittleService.Api.Http;

/// <summary>The section <c>Limits</c>: how long a request with a body may take before it gets 408.</summary>
public sealed class BodyTimeoutOptions
{
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for the upload of a file.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>
/// Bounds the time of requests that bring a body. The server's own limit is a rate, at which a body of a megabyte may take an hour.
/// </summary>
public static class BodyTimeouts
{
    /// <summary>The policy of endpoints that take files.</summary>
    public const string Upload = "Upload";

    public static void AddBodyTimeouts(this WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("Limits").Get<BodyTimeoutOptions>() ?? new();
        builder.Services.AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = new() { Timeout = limits.BodyTimeout, TimeoutStatusCode = StatusCodes.Status408RequestTimeout };
            options.AddPolicy(Upload, new RequestTimeoutPolicy
            {
                Timeout = limits.UploadTimeout,
                TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
            });
        });
    }

    public static void UseBodyTimeouts(this WebApplication app) => app.UseWhen(
        static context => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true },
        static branch => branch.UseRequestTimeouts());
}
