using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LittleService.ServiceDefaults;

internal static class DrainingExtensions
{
    public static void AddDraining(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ServiceState>();
        services.AddSingleton<IHostLifetime, DrainingLifetime>();
        services.AddOptions<DrainOptions>().BindConfiguration("Drain").ValidateOnStart()
            .Validate(drain => drain.IsValid, $"Drain:Delay and Drain:Timeout are times such as 00:00:05, at most {DrainOptions.Longest}.");
        services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Timeout);
    }

    // Clients with a kept connection would otherwise stay on it until the server closes it under their next request.
    public static void UseDraining(this WebApplication app)
    {
        var state = app.Services.GetRequiredService<ServiceState>();
        app.Use((context, next) =>
        {
            if (state.IsDraining && HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}
