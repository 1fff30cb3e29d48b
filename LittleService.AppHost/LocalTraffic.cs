namespace LittleService.AppHost;

/// <summary>
/// How the processes of a graph on one machine talk to each other: over the loopback interface. What is started inherits it.
/// </summary>
internal static class LocalTraffic
{
    private const string Loopback = "localhost,127.0.0.1,::1";

    /// <summary>
    /// Without a launch profile Aspire insists on https and a trusted development certificate, which a fresh machine lacks; and the traffic
    /// has to stay off the proxy that <c>HTTP_PROXY</c> names, which cannot reach this machine's loopback interface.
    /// </summary>
    public static void Prepare()
    {
        const string unsecured = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(unsecured)))
            Environment.SetEnvironmentVariable(unsecured, "true");

        // .NET reads the name in small letters first, other programs the one in capitals.
        foreach (var name in (string[])["no_proxy", "NO_PROXY"])
        {
            var others = Environment.GetEnvironmentVariable(name);
            if (others?.Contains(Loopback, StringComparison.Ordinal) != true)
                Environment.SetEnvironmentVariable(name, string.IsNullOrEmpty(others) ? Loopback : $"{Loopback},{others}");
        }
    }
}
