using LittleService.Jobs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LittleService.Data.Accounts;

public static class AccountsExtensions
{
    /// <summary>
    /// Data Protection reads its keys when the process starts, and logs an error on a new database, where their table is not there yet.
    /// Without that they are read when they are needed. To be called last: whatever uses Data Protection adds its start again.
    /// </summary>
    public static void ReadKeysAtFirstUse(this IServiceCollection services)
    {
        foreach (var start in services.Where(IsStartOfDataProtection).ToList()) services.Remove(start);
    }

    private static bool IsStartOfDataProtection(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly;

    /// <summary>Adds the stores of accounts, their API keys and sessions.</summary>
    public static IServiceCollection AddAccountStores(this IServiceCollection services) => services
        .AddSingleton<AuditedChanges>()
        .AddSingleton<AccountStore>()
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<ApiKeyLookups>()
        .AddSingleton<SessionStore>()
        .AddSingleton<LoginThrottle>();

    /// <summary>Adds Data Protection with keys in the database that every process of the service shares.</summary>
    internal static void AddSharedDataProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("LittleService");
        services.AddOptions<KeyManagementOptions>()
            .Configure<NpgsqlDataSource>(static (keys, database) => keys.XmlRepository = new DataProtectionKeys(database));
        services.AddSingleton<IPayloadProtector, PayloadProtector>();
    }
}
