namespace LittleService.Api.Http;

/// <summary>Handles OPTIONS with what an address allows, which routing finds out for the 405 that it would give.</summary>
public static class OptionsRequests
{
    /// <summary>Call it before routing.</summary>
    public static void UseOptionsRequests(this WebApplication app) => app.Use(static async (context, next) =>
    {
        await next(context);
        if (HttpMethods.IsOptions(context.Request.Method)
            && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    });
}
