namespace LittleService.Api.Http;

/// <summary>
/// Handles HEAD as GET, of which the server sends the head alone: every route that can be read has it, and no endpoint need name it.
/// Endpoints with side effects check <see cref="IsHead"/>.
/// </summary>
public static class HeadRequests
{
    private static readonly object Mark = new();

    /// <summary>Call it before routing.</summary>
    public static void UseHeadRequests(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method)) (context.Request.Method, context.Items[Mark]) = (HttpMethods.Get, Mark);
        return next(context);
    });

    /// <summary>Whether the body is not sent.</summary>
    public static bool IsHead(this HttpContext context) => context.Items.ContainsKey(Mark);
}
