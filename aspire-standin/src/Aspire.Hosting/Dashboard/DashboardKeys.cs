namespace Aspire.Hosting.Dashboard;

/// <summary>
/// The seam to the resources: where telemetry goes stands in the app host's configuration under these keys from the moment that
/// <see cref="DashboardRegistration.AddDashboard"/> returns or, at the latest, when BeforeStartEvent has been published.
/// </summary>
internal static class DashboardKeys
{
    public const string OtlpEndpoint = "AppHost:OtlpEndpoint";
    public const string OtlpApiKey = "AppHost:OtlpApiKey";
}
