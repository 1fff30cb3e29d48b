using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds the .NET projects of this solution.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project with its first launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject(name, new TProject());

    /// <summary>Adds a project by the path of its file, relative to the app host's folder.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, new ProjectAt(Path.GetFullPath(projectPath, builder.AppHostDirectory)));

    /// <summary>Runs several processes behind one address.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        if (replicas < 1) throw new DistributedApplicationException($"Project '{builder.Resource.Name}' needs at least 1 replica, not {replicas}.");
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    private static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        var (profileName, profile) = LaunchSettings.FindFirst(metadata.ProjectPath);
        foreach (var url in profile?.Urls ?? []) project.WithProfileEndpoint(url);
        if (builder.ExecutionContext.IsPublishMode) return project.WithPublishDefaults();

        return project.WithEnvironment(context => Otlp.AddEnvironment(context, builder.Resources))
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
                context.EnvironmentVariables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
                if (project.Resource.ListenUrls() is { } urls) context.EnvironmentVariables["ASPNETCORE_URLS"] = urls;
                if (profileName is not null) context.EnvironmentVariables["DOTNET_LAUNCH_PROFILE"] = profileName;
                foreach (var (variable, value) in profile?.EnvironmentVariables ?? []) context.EnvironmentVariables[variable] = value;
            });
    }

    private static void WithProfileEndpoint(this IResourceBuilder<ProjectResource> project, Uri url)
    {
        if (project.GetEndpoint(url.Scheme).Exists) return;
        var fixedPort = project.ApplicationBuilder.ExecutionContext.IsRunMode && url.Port > 0 ? url.Port : (int?)null;
        project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, name: url.Scheme, port: fixedPort));
    }

    /// <summary>Deployed, a web project stands behind an ingress that speaks both http and https.</summary>
    private static IResourceBuilder<ProjectResource> WithPublishDefaults(this IResourceBuilder<ProjectResource> project)
    {
        var isWeb = project.GetEndpoint("http").Exists || project.GetEndpoint("https").Exists;
        if (isWeb)
        {
            if (!project.GetEndpoint("http").Exists) project.WithEndpoint(scheme: "http");
            if (!project.GetEndpoint("https").Exists) project.WithEndpoint(scheme: "https");
        }
        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (!isWeb) return;
            context.EnvironmentVariables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            context.EnvironmentVariables["HTTP_PORTS"] = project.GetEndpoint("http").Property(EndpointProperty.TargetPort);
        });
    }

    private static ReferenceExpression? ListenUrls(this ProjectResource project)
    {
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in project.GetEndpoints().Where(e => e.IsHttp || e.IsHttps))
        {
            urls.AppendLiteral($"{(urls.IsEmpty ? "" : ";")}{endpoint.Scheme}://localhost:");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
        }
        return urls.IsEmpty ? null : urls.Build();
    }

    private sealed record ProjectAt(string ProjectPath) : IProjectMetadata;
}
