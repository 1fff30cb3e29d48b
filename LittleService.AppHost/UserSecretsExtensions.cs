using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost;

internal static class UserSecretsExtensions
{
    /// <summary>
    /// Reads user secrets in every environment of run mode, where no other source has a value. Aspire keeps generated passwords there, but
    /// the host reads them in Development only: started without the launch profile, each run would make new ones, which the data does not
    /// know.
    /// </summary>
    public static void AddUserSecretsInEveryEnvironment(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        var secrets = new ConfigurationBuilder().AddUserSecrets(typeof(UserSecretsExtensions).Assembly, optional: true).Build();
        var missing = secrets.AsEnumerable().Where(secret => secret.Value is not null && builder.Configuration[secret.Key] is null);

        // Added at the end: a source put before the others would load all of them anew, which loses what Aspire has set since.
        builder.Configuration.AddInMemoryCollection([.. missing]);
    }
}
