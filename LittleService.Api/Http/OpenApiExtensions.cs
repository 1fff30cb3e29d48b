using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LittleService.Api.Http;

/// <summary>The description of the API at <c>/openapi/v1.json</c>, and its page for people at <c>/docs</c>.</summary>
public static class OpenApiExtensions
{
    private static readonly (string Name, string Description)[] Tags =
    [
        ("Events", "What happened, counted by the worker."), ("Imports", "Files of items."), ("Items", "The shop."),
        ("Keys", "API keys of the caller."), ("Session", "Who is signed in."), ("Stats", "Sums of events."),
        ("Webhooks", "Who is told of changes."),
    ];

    public static void AddDocs(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer(static (document, _, _) => Describe(document));
        options.AddConstraints();
        options.AddOperationTransformer(Describe);
    });

    /// <summary>
    /// Shows both where <c>Docs:Enabled</c> says so: by default in Development alone. Call it before it is asked who the caller is.
    /// </summary>
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

    /// <summary>Says which other responses an endpoint may give; those from 400 on are problems.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            _ = status switch
            {
                < 400 => endpoint.Produces(status),
                400 => endpoint.ProducesValidationProblem(),
                _ => endpoint.ProducesProblem(status),
            };
        return endpoint;
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "LittleService",
            Version = "v1",
            Description = "Items, imports, webhooks, events and their sums.",
            License = new() { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new() { Url = "/", Description = "Where this description comes from." }];
        document.Tags = new HashSet<OpenApiTag>(
            Tags.Select(static tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        document.AddComponent(
            "key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." });
        document.Security = [new() { [new("key", document)] = [] }];
        return Task.CompletedTask;
    }

    private static Task Describe(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // An empty list: the key of the document is not for this one.
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any()) operation.Security = [];
        operation.Responses ??= [];
        var tagged = context.Description.RelativePath?.StartsWith("api/items", StringComparison.Ordinal) == true;
        foreach (var (status, response) in operation.Responses)
        {
            if (response is not OpenApiResponse described) continue;
            if (status is "201" or "202" && operation.OperationId != "AddEvents") Header(described, "Location", "Where it is.");
            if (status is "200" or "201" or "304" && tagged)
                Header(described, "ETag", "The tag of the response, for If-Match and If-None-Match.");
            if (status is "429" or "503")
                Header(described, "Retry-After", "After how many seconds another try makes sense.", JsonSchemaType.Integer);
        }

        operation.Responses.Add("default", new OpenApiResponse
        {
            Description = "A problem, with a traceId.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) },
            },
        });
        return Task.CompletedTask;
    }

    private static void Header(OpenApiResponse response, string name, string description, JsonSchemaType type = JsonSchemaType.String)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
    }
}
