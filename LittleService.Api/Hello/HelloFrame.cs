using System.Text;
using LittleService.Api.Http;
using LittleService.Data.Hello;
using Microsoft.AspNetCore.Components.Endpoints;

namespace LittleService.Api.Hello;

/// <summary>
/// The Hello page as whoever is not signed in sees it: but for its number it is the same each time, so it is rendered once and kept with a
/// gap. Not in Development, where pages change under way.
/// </summary>
public sealed class HelloFrame(VisitCounter visits, IHostEnvironment environment) : IMiddleware
{
    private const string BeforeNumber = "<strong id=\"visits\">";
    private const string AfterNumber = "</strong> times";
    private Frame? _frame;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsHello(context) || environment.IsDevelopment()) await next(context);
        else if (_frame is { } frame) await FillAsync(context, frame);
        else await RenderAsync(context, next);
    }

    private static bool IsHello(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type == typeof(HelloPage)
        && HttpMethods.IsGet(context.Request.Method)
        && !context.IsHead()
        && context.User.Identity is not { IsAuthenticated: true };

    private async Task FillAsync(HttpContext context, Frame frame)
    {
        var number = await visits.NextAsync(context.RequestAborted);
        var (response, body) = (context.Response, context.Response.BodyWriter);
        var middle = Encoding.UTF8.GetBytes(number == 1 ? "1</strong> time" : number + AfterNumber);
        (response.ContentType, response.ContentLength) =
            ("text/html; charset=utf-8", frame.Before.Length + middle.Length + frame.After.Length);
        response.Headers.CacheControl = "no-store";
        foreach (var part in (ReadOnlySpan<byte[]>)[frame.Before, middle, frame.After]) System.Buffers.BuffersExtensions.Write(body, part);
        await body.FlushAsync(context.RequestAborted);
    }

    private async Task RenderAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        try
        {
            context.Response.Body = buffer;
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var page = buffer.ToArray();
        if (context.Response.StatusCode == StatusCodes.Status200OK && context.Response.Headers.SetCookie.Count == 0)
            _frame = Frame.Of(Encoding.UTF8.GetString(page));
        context.Response.Headers.CacheControl = "no-store";
        await body.WriteAsync(page, context.RequestAborted);
    }

    private sealed record Frame(byte[] Before, byte[] After)
    {
        // Null where the page does not look as it should, as with its first number of all, which is no plural: then the next one is tried.
        public static Frame? Of(string page)
        {
            var number = page.IndexOf(BeforeNumber, StringComparison.Ordinal) + BeforeNumber.Length;
            var rest = page.IndexOf(AfterNumber, StringComparison.Ordinal);
            return number < BeforeNumber.Length || rest < number ? null
                : new(Encoding.UTF8.GetBytes(page[..number]), Encoding.UTF8.GetBytes(page[(rest + AfterNumber.Length)..]));
        }
    }
}
