using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dcp;

internal static class DcpRegistration
{
    public static void AddDcp(this IServiceCollection services) => _ = services;
}
