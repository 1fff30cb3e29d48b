using System.Security.Cryptography;
using System.Text;

namespace LittleService.Worker.Webhooks;

public static class WebhookSignature
{
    /// <summary>
    /// What the header <c>webhook-signature</c> of Standard Webhooks holds: HMAC-SHA256 over id, timestamp and body with dots between, in
    /// base 64. See https://github.com/standard-webhooks/standard-webhooks.
    /// </summary>
    /// <param name="key">The bytes of the secret.</param>
    /// <param name="id">The id of the event; the header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Seconds since 1970; the header <c>webhook-timestamp</c>.</param>
    /// <param name="body">The body.</param>
    public static string Of(byte[] key, Guid id, long timestamp, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
}
