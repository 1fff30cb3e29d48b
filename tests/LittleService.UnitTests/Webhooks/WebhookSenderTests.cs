using System.Collections.Concurrent;
using System.Net;
using LittleService.Data.Webhooks;
using LittleService.UnitTests.ServiceDefaults;
using LittleService.Worker.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LittleService.UnitTests.Webhooks;

/// <summary>Deliveries have none of the defaults of HTTP clients; in Development, where they may go to this machine.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private static readonly DeliverWebhook Job = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "{}");
    private readonly ConcurrentQueue<IHeaderDictionary> received = [];
    private WebApplication subscriber = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Uri Address => new(subscriber.Urls.Single());

    [Fact]
    public async Task AFailingSubscriberIsAskedOncePerAttempt()
    {
        await using var worker = await StartWorkerAsync();

        var failed = await Assert.ThrowsAsync<WebhookFailedException>(() => SendAsync(worker, Address));

        Assert.Equal("The subscriber answered 503.", failed.Message);
        Assert.Single(received);
    }

    [Fact]
    public async Task TheNameOfAServiceMeansNothingInAnAddress()
    {
        await using var worker = await StartWorkerAsync(("services:orders.invalid:http:0", Address.ToString()));

        var failed = await Assert.ThrowsAsync<WebhookFailedException>(() => SendAsync(worker, new Uri("http://orders.invalid/")));

        Assert.DoesNotContain("503", failed.Message, StringComparison.Ordinal);
        Assert.Empty(received);
    }

    [Fact]
    public async Task TraceHeadersAreNotForStrangers()
    {
        await using var worker = await StartWorkerAsync(TestService.ExportToNobody);
        var plain = worker.Services.GetRequiredService<IHttpClientFactory>().CreateClient("plain");
        using var ours = await plain.PostAsync(Address, null, Cancelled);

        await Assert.ThrowsAsync<WebhookFailedException>(() => SendAsync(worker, Address));

        Assert.Equal(2, received.Count);
        Assert.Contains("traceparent", received.First().Keys);
        Assert.DoesNotContain(received.Last().Keys, name => name is "traceparent" or "tracestate" or "baggage");
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        subscriber = builder.Build();
        subscriber.Run(context =>
        {
            received.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            context.Response.StatusCode = context.Request.Headers.ContainsKey("webhook-signature") ? 503 : 204;
            return Task.CompletedTask;
        });
        await subscriber.StartAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => subscriber.DisposeAsync();

    private static Task SendAsync(TestService worker, Uri address) =>
        worker.Services.GetRequiredService<WebhookSender>().SendAsync(address.ToString(), WebhookSecrets.Create(), Job, Cancelled);

    private static Task<TestService> StartWorkerAsync(params (string Key, string Value)[] settings) => TestService.StartAsync(
        services =>
        {
            services.AddWebhookHttpClient();
            services.AddOptions<WebhookOptions>();
        },
        environment: "Development",
        settings: settings);
}
