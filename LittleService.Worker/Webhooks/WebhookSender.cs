using System.Globalization;
using System.Net;
using System.Text;
using LittleService.Data.Webhooks;

namespace LittleService.Worker.Webhooks;

/// <summary>A subscriber did not take a delivery.</summary>
public sealed class WebhookFailedException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>It wants no deliveries any more: 410.</summary>
    public bool Gone { get; init; }

    /// <summary>How long it asks to be left alone: <c>Retry-After</c> with 429 or 503.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>
/// Sends events as Standard Webhooks describes it. Outside of Development the address must be https; nothing of the response but its status
/// is read.
/// </summary>
public sealed class WebhookSender(HttpClient client, IHostEnvironment environment, TimeProvider time)
{
    /// <exception cref="WebhookFailedException">There was no response with a status of 2xx.</exception>
    public async Task SendAsync(string url, string secret, DeliverWebhook job, CancellationToken cancellationToken)
    {
        if (WebhookAddress.ProblemOf(url, anywhere: environment.IsDevelopment()) is { } problem) throw new WebhookFailedException(problem);
        using var request = Request(url, secret, job);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode) throw Failed(response);
        }
        catch (HttpRequestException e)
        {
            throw new WebhookFailedException(e.InnerException?.Message ?? e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebhookFailedException("The subscriber did not answer in time.", e);
        }
    }

    private WebhookFailedException Failed(HttpResponseMessage response)
    {
        var asks = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            ? response.Headers.RetryAfter : null;
        return new($"The subscriber answered {(int)response.StatusCode}.")
        {
            Gone = response.StatusCode == HttpStatusCode.Gone,
            RetryAfter = asks?.Delta ?? (asks?.Date - time.GetUtcNow()),
        };
    }

    private HttpRequestMessage Request(string url, string secret, DeliverWebhook job)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new StringContent(job.Body, Encoding.UTF8, "application/json");
        request.Headers.Add("webhook-id", $"{job.EventId}");
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(WebhookSecrets.Key(secret), job.EventId, timestamp, job.Body));
        return request;
    }
}
