using LittleService.Jobs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LittleService.Data.Accounts;

public static class AccountsExtensions
{
    /// <summary>
    /// Data Protection loads its keys at start, and logs an error on a new database, whose tables do not exist yet. This removes that step:
    /// keys are loaded at their first use. Call it last, since everything that uses Data Protection adds the step again.
    /// </summary>
    public static void ReadKeysAtFirstUse(this IServiceCollection services)
    {
        foreach (var start in services.Where(IsStartOfDataProtection).ToList()) services.Remove(start);
    }

    private static bool IsStartOfDataProtection(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly;

    /// <summary>Adds ASP.NET Core Identity over our tables, and the stores of API keys and sessions.</summary>
    public static void AddAccountStores(this IServiceCollection services)
    {
        services.AddSingleton<AuditedChanges>();
        services.AddSingleton<AuthenticatorSecrets>();
        services.AddSingleton<AccountPasswordHasher>();
        services.AddSingleton<IPasswordHasher<Account>>(static services => services.GetRequiredService<AccountPasswordHasher>());
        services.AddSingleton<IPasswordValidator<Account>, PasswordRules>();
        services.AddScoped<AccountStore>();
        services.AddScoped<IUserStore<Account>>(static services => services.GetRequiredService<AccountStore>());
        services.AddIdentityCore<Account>(static identity =>
            identity.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._@-")
            .AddTokenProvider<AuthenticatorCodes>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ApiKeyLookups>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SignInThrottle>();
    }

    /// <summary>Adds Data Protection with keys in the database that every process of the service shares.</summary>
    internal static void AddSharedDataProtection(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDataProtection().SetApplicationName("LittleService").ProtectKeys(configuration);
        services.AddOptions<KeyManagementOptions>()
            .Configure<NpgsqlDataSource>(static (keys, database) => keys.XmlRepository = new DataProtectionKeys(database));
        services.AddSingleton<IPayloadProtector, PayloadProtector>();
    }
}
