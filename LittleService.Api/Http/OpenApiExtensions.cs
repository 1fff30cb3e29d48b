using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace LittleService.Api.Http;

/// <summary>The description of the API at <c>/openapi/v1.json</c>, and its page for people at <c>/docs</c>.</summary>
public static class OpenApiExtensions
{
    public static void AddDocs(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "LittleService", Version = "v1" };
            document.Servers = [];
            document.AddComponent("key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." });
            document.Security = [new() { [new("key", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var problem = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) };
            operation.Responses?.Add("default", new OpenApiResponse
            {
                Description = "A problem, with a traceId.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = problem },
            });
            return Task.CompletedTask;
        });
    });

    /// <summary>Shows both where <c>Docs:Enabled</c> says so: by default in Development alone. Call it before it is asked who the caller is.</summary>
    public static void UseDocs(this WebApplication app)
    {
        if (!app.Configuration.GetValue("Docs:Enabled", app.Environment.IsDevelopment())) return;
        app.MapOpenApi().AllowAnonymous();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.SwaggerEndpoint("/openapi/v1.json", "v1");
        });
    }

    /// <summary>Says which other answers an endpoint may give; those from 400 on are problems.</summary>
    public static RouteHandlerBuilder Tells(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            _ = status < 400 ? endpoint.Produces(status) : status == 400 ? endpoint.ProducesValidationProblem() : endpoint.ProducesProblem(status);
        return endpoint;
    }
}
