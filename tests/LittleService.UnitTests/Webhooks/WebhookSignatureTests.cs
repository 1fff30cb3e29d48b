using LittleService.Worker.Webhooks;

namespace LittleService.UnitTests.Webhooks;

public sealed class WebhookSignatureTests
{
    // From outside: printf '%s' '1700000000.{"type":"item.created"}' | openssl dgst -sha256 -hmac whsec_test
    [Fact]
    public void SignatureIsTheOneThatOthersCompute() =>
        Assert.Equal("v1=637cfeaae4912a2b18e1e30df0638b1e7431113dcc02683ae2471509a5ab92ab", WebhookSignature.Of("whsec_test", 1700000000, """{"type":"item.created"}"""));
}
