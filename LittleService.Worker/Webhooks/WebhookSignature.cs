using System.Security.Cryptography;
using System.Text;

namespace LittleService.Worker.Webhooks;

public static class WebhookSignature
{
    /// <summary>
    /// What the header <c>Webhook-Signature</c> holds: HMAC-SHA256 over the timestamp, a dot and the body, in hexadecimal.
    /// </summary>
    /// <param name="secret">The whole text of the secret, as UTF-8.</param>
    /// <param name="timestamp">Seconds since 1970; the header <c>Webhook-Timestamp</c>.</param>
    /// <param name="body">The body.</param>
    public static string Of(string secret, long timestamp, string body) =>
        "v1=" + Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));
}
