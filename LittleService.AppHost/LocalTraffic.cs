namespace LittleService.AppHost;

internal static class LocalTraffic
{
    private const string Loopback = "localhost,127.0.0.1,::1";

    /// <summary>
    /// Keeps the traffic between the processes of the graph off the proxy that <c>HTTP_PROXY</c> names: the app host, the orchestrator, the
    /// dashboard and the services talk over the loopback interface, which a proxy cannot reach. Everything that is started inherits it.
    /// </summary>
    public static void BypassProxy()
    {
        // .NET reads the name in small letters first.
        foreach (var name in (string[])["no_proxy", "NO_PROXY"])
        {
            var others = Environment.GetEnvironmentVariable(name);
            if (others?.Contains(Loopback, StringComparison.Ordinal) != true)
                Environment.SetEnvironmentVariable(name, string.IsNullOrEmpty(others) ? Loopback : $"{Loopback},{others}");
        }
    }
}
