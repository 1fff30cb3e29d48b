using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace LittleService.AppHost;

internal static class UserSecretsExtensions
{
    /// <summary>
    /// Reads user secrets in every environment, below all other sources. Aspire keeps generated passwords there, but the host reads them in
    /// Development only: started without the launch profile, each run would make new ones, which the data of the last run does not know.
    /// </summary>
    public static void AddUserSecretsInEveryEnvironment(this IDistributedApplicationBuilder builder)
    {
        var secrets = new ConfigurationBuilder().AddUserSecrets(typeof(UserSecretsExtensions).Assembly, optional: true).Sources;
        foreach (var source in secrets.OfType<JsonConfigurationSource>())
            builder.Configuration.Sources.Insert(0, source);
    }
}
