using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost;

internal static class UserSecretsExtensions
{
    /// <summary>
    /// Reads user secrets in every environment, for what no other source names. Aspire keeps generated passwords there, but the host reads them
    /// in Development only: started without the launch profile, each run would make new ones, which the data of the last run does not know.
    /// </summary>
    public static void AddUserSecretsInEveryEnvironment(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        var secrets = new ConfigurationBuilder().AddUserSecrets(typeof(UserSecretsExtensions).Assembly, optional: true).Build();
        builder.Configuration.AddInMemoryCollection(secrets.AsEnumerable().Where(secret => builder.Configuration[secret.Key] is null));
    }
}
