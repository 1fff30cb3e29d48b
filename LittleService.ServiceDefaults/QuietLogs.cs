using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace LittleService.ServiceDefaults;

internal static class QuietLogs
{
    // Npgsql logs every command and ASP.NET Core every request (with its query string) at the level Information: traces tell the same,
    // cheaper and without the query.
    private static readonly Dictionary<string, string?> Levels = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Npgsql"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
    };

    /// <summary>
    /// Adds the lowest of all configuration sources, so that appsettings.json or the environment can turn each of them back on.
    /// </summary>
    public static void AddQuietLogs(this IConfigurationBuilder configuration) =>
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Levels });
}
