using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dashboard;

internal static class DashboardRegistration
{
    /// <summary>Called by the builder in run mode unless the dashboard is disabled.</summary>
    public static void AddDashboard(this DistributedApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => new DashboardSettings(builder.Configuration, builder.Options));
        builder.Services.AddSingleton<DashboardHost>();
        builder.Eventing.Subscribe<BeforeStartEvent>((started, cancellationToken) =>
            started.Services.GetRequiredService<DashboardHost>().AddToAsync(started.Model, cancellationToken));
    }
}
