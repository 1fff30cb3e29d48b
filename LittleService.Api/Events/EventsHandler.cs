using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.RateLimiting;
using LittleService.Data.Events;
using LittleService.Data.RateLimits;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>Handles <c>POST /api/events</c>: read, parse, wait for Redis.</summary>
internal sealed class EventsHandler(
    IntakeGate gate, EventIntake intake, IOptions<EventOptions> options, TimeProvider time) : IDisposable
{
    private const int MaxBody = (int)ServerLimits.MaxRequestBodySize;

    // A body below it is parsed within microseconds; larger ones take turns, so that they never hold all processors.
    private const int LargeBody = 4096;

    private readonly ConcurrentBag<EventParser> _parsers = [];

    private readonly ConcurrencyLimiter _turns = new(new()
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = options.Value.Waiting,
    });

    public async Task PostAsync(HttpContext http)
    {
        if (NotReadable(http.Request) is { } status)
        {
            http.Response.StatusCode = status;
            return;
        }
        if (gate.Look() is { } problem)
        {
            await problem.WriteAsync(http);
            return;
        }
        using var body = new EventBody(gate, ClientNetwork.Of(http.Connection.RemoteIpAddress));
        problem = await ReadAsync(body, http);
        if (problem is not null) await problem.WriteAsync(http);
        else await TakeAsync(http, body.Bytes);
    }

    public void Dispose() => _turns.Dispose();

    private static int? NotReadable(HttpRequest request)
    {
        if (request.ContentLength > MaxBody) return StatusCodes.Status413PayloadTooLarge;
        // A form of another site can send text/plain but not JSON.
        return request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true
            ? null : StatusCodes.Status415UnsupportedMediaType;
    }

    private async ValueTask<IntakeProblem?> ReadAsync(EventBody body, HttpContext http)
    {
        using var limit = new CancellationTokenSource(options.Value.BodyTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            return await body.ReadAsync(http.Request.Body, http.Request.ContentLength, stop.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return IntakeProblem.Slow;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return IntakeProblem.TooLarge;
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The sender has gone, and nobody reads a response.
            return IntakeProblem.Slow;
        }
    }

    private async Task TakeAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        try
        {
            await RespondAsync(http, await ParseAsync(body, http.RequestAborted));
        }
        catch (JsonException exception)
        {
            await RefuseAsync(http, exception.Message, []);
        }
    }

    private async ValueTask<ParsedEvents> ParseAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length <= LargeBody) return Parse(body.Span);
        using var turn = await _turns.AcquireAsync(1, cancellationToken);
        return Parse(body.Span);
    }

    private ParsedEvents Parse(ReadOnlySpan<byte> body)
    {
        var parser = _parsers.TryTake(out var free) ? free : new EventParser(options.Value);
        try
        {
            return parser.Parse(body, time.GetUtcNow());
        }
        finally
        {
            _parsers.Add(parser);
        }
    }

    private async Task RespondAsync(HttpContext http, ParsedEvents events)
    {
        var skip = http.Request.Query["invalid"] == "skip";
        if (events.Errors is { } errors && (!skip || events.Count == 0))
        {
            await RefuseAsync(http, "None of the events was taken.", errors);
            return;
        }
        var problem = events.Count == 0 ? null : await AppendAsync(events);
        if (problem is not null)
        {
            await problem.WriteAsync(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(
            new(events.Count, events.Errors), EventJson.Default.EventsAccepted, cancellationToken: http.RequestAborted);
    }

    private async Task<IntakeProblem?> AppendAsync(ParsedEvents events)
    {
        if (gate.Enter() is { } problem) return problem;
        try
        {
            return await intake.AppendAsync(events.Packed, events.Count);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static Task RefuseAsync(HttpContext http, string detail, IReadOnlyList<EventError> errors)
    {
        EventMetrics.RefusedRequest("invalid");
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        var refused = new EventsRefused("Bad Request", 400, detail, errors, http.TraceId());
        return http.Response.WriteAsJsonAsync(refused, EventJson.Default.EventsRefused, "application/problem+json", http.RequestAborted);
    }
}
