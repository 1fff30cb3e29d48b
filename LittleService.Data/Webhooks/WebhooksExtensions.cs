using LittleService.Data.Items;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.Data.Webhooks;

public static class WebhooksExtensions
{
    /// <summary>Adds the stores of subscriptions; secrets need the Data Protection keys that all processes share.</summary>
    public static IServiceCollection AddWebhookStores(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("LittleService");
        services.AddSingleton<IItemEventListener, WebhookEvents>();
        return services.AddSingleton<WebhookSecrets>().AddSingleton<WebhookStore>().AddSingleton<WebhookDeliveries>();
    }
}
