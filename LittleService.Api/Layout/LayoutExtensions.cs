using LittleService.Api.Accounts;
using LittleService.ServiceDefaults;

namespace LittleService.Api.Layout;

public static class LayoutExtensions
{
    /// <summary>
    /// Adds pages, their security headers and their way of showing problems. Call it before the service defaults, whose own writer takes
    /// what is left.
    /// </summary>
    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddPageHeaders(builder.Environment, ProviderOptions.Of(builder.Configuration).Authority);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemPageWriter>();
        builder.Services.AddHostedService<UploadFolder>();
        builder.Services.AddProblem(UploadFolder.ProblemOf);
        builder.Services.AddRazorComponents();
    }
}
