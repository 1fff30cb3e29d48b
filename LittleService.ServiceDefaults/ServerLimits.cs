using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

/// <summary>What the server takes from a client.</summary>
public static class ServerLimits
{
    /// <summary>
    /// The largest request body in bytes; a larger one gets the status 413. An endpoint that takes uploads raises it for itself.
    /// </summary>
    public const long MaxRequestBodySize = 1024 * 1024;

    internal static void AddServerLimits(this IServiceCollection services) => services.Configure<KestrelServerOptions>(server =>
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = MaxRequestBodySize;
    });
}
