using System.Collections;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// What DCP, and so every process, inherits of the app host's environment: what programs need to run on this machine. The rest stays
/// behind, because the app host's own settings and whatever secrets a shell carries are not meant for every resource; what a resource
/// needs is said by WithEnvironment. (The real packages let everything through.)
/// </summary>
internal static class AmbientEnvironment
{
    private static readonly string[] Names =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    ];

    private static readonly string[] Prefixes = ["LC_", "XDG_", "DOTNET_", "SSL_CERT_", "DOCKER_", "DCP_"];

    // These speak of the app host itself.
    private static readonly string[] Excluded = ["DOTNET_LAUNCH_PROFILE", "DOTNET_STARTUP_HOOKS", "DCP_SESSION_FOLDER"];

    public static IEnumerable<(string Name, string? Value)> Inherited() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => ((string)variable.Key, (string?)variable.Value))
        .Where(variable => IsInherited(variable.Item1));

    private static bool IsInherited(string name) => !Excluded.Contains(name)
        && (Names.Contains(name, StringComparer.OrdinalIgnoreCase) || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
}
