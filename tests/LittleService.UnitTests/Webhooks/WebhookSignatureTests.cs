using LittleService.Data.Webhooks;
using LittleService.Worker.Webhooks;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace LittleService.UnitTests.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string Body = """{"type":"item.created"}""";
    private static readonly Guid Id = Guid.Parse("0193f1a2-0000-7000-8000-000000000001");

    // From outside: printf '%s' '0193f1a2-0000-7000-8000-000000000001.1700000000.{"type":"item.created"}' | openssl dgst -sha256 -hmac teapot -binary | base64
    [Fact]
    public void SignatureIsTheOneThatOthersCompute() =>
        Assert.Equal("v1,8iov9lfolCro95FnGbiTtnwjgFpU3AdVrmwXBhYthsk=", WebhookSignature.Of("teapot"u8.ToArray(), Id, 1700000000, Body));

    [Fact]
    public void LibraryOfTheStandardTakesItAndNothingElse()
    {
        for (var n = 0; n < 100; n++)
        {
            var (secret, now) = (WebhookSecrets.Create(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            var signature = WebhookSignature.Of(WebhookSecrets.Key(secret), Id, now, Body);

            var subscriber = new StandardWebhook(secret);
            subscriber.Verify(Body, Headers(now, signature));
            Assert.Throws<WebhookVerificationException>(() => subscriber.Verify(Body + " ", Headers(now, signature)));
            Assert.Throws<WebhookVerificationException>(() => subscriber.Verify(Body, Headers(now + 1, signature)));
        }
    }

    [Fact]
    public void SecretOfTheReleaseBeforeIsStillRead() =>
        Assert.Equal(Enumerable.Repeat((byte)255, 32), WebhookSecrets.Key("whsec_" + new string('_', 42) + "8"));

    private static HeaderDictionary Headers(long timestamp, string signature) =>
        new() { ["webhook-id"] = $"{Id}", ["webhook-timestamp"] = $"{timestamp}", ["webhook-signature"] = signature };
}
