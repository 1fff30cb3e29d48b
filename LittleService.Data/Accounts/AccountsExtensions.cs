using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LittleService.Data.Accounts;

public static class AccountsExtensions
{
    /// <summary>Adds the stores of accounts, and Data Protection with keys in the database that every process of the service shares.</summary>
    internal static void AddAccountStores(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("LittleService");
        services.AddOptions<KeyManagementOptions>().Configure<NpgsqlDataSource>(static (keys, database) => keys.XmlRepository = new KeyRing(database));
        services.AddSingleton<Changes>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<LoginThrottle>();
    }
}
