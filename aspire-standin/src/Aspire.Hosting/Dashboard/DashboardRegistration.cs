namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Called by the builder in run mode unless the dashboard is disabled. What it needs of the rest:
/// <list type="bullet">
/// <item>BeforeStartEvent (builder.Eventing.Subscribe): start the resource service, add an ExecutableResource for the dashboard to
/// event.Model.Resources with its endpoints, environment and a snapshot with IsHidden; the orchestrator starts it like any other.</item>
/// <item>States: ResourceNotificationService.WatchAsync gives all instances as they are and every change. ResourceEvent.ResourceId is the
/// instance's name in DCP (or the resource's own name), Snapshot has state, health reports, urls, environment, properties, commands, relations.</item>
/// <item>Logs: ResourceLoggerService.WatchAsync(resourceId), each line "time text".</item>
/// <item>Commands: ResourceCommandService.ExecuteCommandAsync(resourceId, name).</item>
/// <item>Keys: UserSecrets.Of(builder.AppHostAssembly).GetOrSet("AppHost:OtlpApiKey", …).</item>
/// </list>
/// </summary>
internal static class DashboardRegistration
{
    public static void AddDashboard(this DistributedApplicationBuilder builder) => _ = builder;
}
