using LittleService.Data.Items;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.Data.Webhooks;

public static class WebhooksExtensions
{
    /// <summary>Adds the stores of subscriptions, and what makes deliveries of the events of items.</summary>
    public static IServiceCollection AddWebhookStores(this IServiceCollection services)
    {
        services.AddSingleton<IItemEventListener, WebhookEvents>();
        return services.AddSingleton<WebhookSecrets>().AddSingleton<WebhookStore>().AddSingleton<WebhookDeliveries>();
    }
}
