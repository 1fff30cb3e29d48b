using LittleService.Data.Webhooks;
using LittleService.Jobs;

namespace LittleService.Worker.Webhooks;

public static class WebhooksWorker
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddWebhookStores();
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks");
        builder.Services.AddWebhookHttpClient();
        builder.Services.AddJob<TellWebhooks, TellWebhooksHandler>();
        builder.Services.AddJob<DeliverWebhook, DeliverWebhookHandler>();
    }
}
