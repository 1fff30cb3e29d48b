using System.Buffers;
using System.Text;
using LittleService.Api.Http;
using LittleService.Data.Events;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>
/// Makes views of the service's own pages events: <c>page:</c> and the route, with the milliseconds the response took as the value.
/// </summary>
internal sealed class PageViews(EventIntake intake, IntakeGate gate, IOptions<EventOptions> options, TimeProvider time) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var start = time.GetTimestamp();
        await next(context);
        if (IsView(context) && Random.Shared.NextDouble() < options.Value.PageViews) Count(context, time.GetElapsedTime(start));
    }

    private static bool IsView(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && !context.IsHead()
        && context.Response.StatusCode == StatusCodes.Status200OK
        && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    // A view is dropped when there is no room, and no request waits for it.
    private void Count(HttpContext context, TimeSpan duration)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var name = Encoding.UTF8.GetBytes($"page:/{route.TrimStart('/')}");
        var packed = new ArrayBufferWriter<byte>(128);
        name = name[..Math.Min(name.Length, 100)];
        EventBlock.Write(packed, new(time.GetUtcNow().ToUnixTimeMilliseconds(), name, null, [], duration.TotalMilliseconds));
        if (gate.Enter(view: true) is { } problem) EventMetrics.RefusedRequest(problem.Reason);
        else _ = AppendAsync(packed.WrittenMemory.ToArray());
    }

    private async Task AppendAsync(byte[] packed)
    {
        await intake.AppendAsync(packed, 1);
        gate.Leave();
    }
}
