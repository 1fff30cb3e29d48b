using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;

namespace LittleService.Api.Layout;

public static class LayoutExtensions
{
    /// <summary>
    /// Adds pages, their security headers and their way of showing problems. Call it before the service defaults, whose own writer takes
    /// what is left.
    /// </summary>
    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddPageHeaders(builder.Environment);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemPageWriter>();
        builder.Services.AddHostedService<UploadFolder>();
        builder.Services.AddProblem(UploadFolder.ProblemOf);
        builder.Services.AddProblem(
            static e => e is AntiforgeryValidationException refused ? new(StatusCodes.Status400BadRequest, Reason(refused)) : null);
        builder.Services.AddRazorComponents();
    }

    /// <summary>
    /// Checks the tokens of forms. A form without its token is a problem like any other: the framework would answer pages with an empty
    /// 400.
    /// </summary>
    public static void UseForms(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use(
            static (context, next) =>
                context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false, Error: { } error }
                    ? throw error : next(context));
    }

    private static string Reason(AntiforgeryValidationException refused) => refused.InnerException is InvalidDataException
        ? "The form holds characters that cannot be read."
        : "The form was not filled in on this site, or too long ago. Open its page again and send it from there.";
}
