using Aspire.Hosting.Pipelines;
using LittleService.AppHost.Deployment.Targets;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.AppHost.Deployment;

#pragma warning disable ASPIREPIPELINES001 // Experimental; the context of the steps.
#pragma warning disable ASPIREPIPELINES004 // Experimental; the output path.

/// <summary>What the steps of the pipeline do.</summary>
internal sealed class Deployment(DeploymentSettings settings)
{
    public async Task CheckAsync(PipelineStepContext context)
    {
        if (settings.Registry.Length == 0)
            throw new DeploymentException("There is no registry to push the images to: set Parameters__registry, such as localhost:5000.");
        await Target().CheckAsync(context.CancellationToken);
    }

    public async Task WriteAsync(PipelineStepContext context)
    {
        var files = FilesOf(context, Target());
        await WriteFilesAsync(context, files, new(new Dictionary<string, string> { ["tls.pem"] = settings.Value("tls-certificate") }));
        context.Summary.Add("Written", $"{files.Folder} (no secrets, nothing applied)");
    }

    public async Task ApplyAsync(PipelineStepContext context)
    {
        var target = Target();
        var files = FilesOf(context, target);
        var secrets = await DeploymentSecrets.ReadAsync(context.Model, settings, files.Secrets, context.CancellationToken);
        await WriteFilesAsync(context, files, secrets);
        await secrets.WriteAsync(files.Secrets, target.MountsSecretFiles, context.CancellationToken);
        context.Summary.Add("Deployed", await target.ApplyAsync(files, context.CancellationToken));
    }

    public async Task RemoveAsync(PipelineStepContext context)
    {
        var target = Target();
        await target.CheckAsync(context.CancellationToken);
        var files = FilesOf(context, target);
        files.Read();
        var removed = await target.RemoveAsync(files, context.CancellationToken);
        context.Summary.Add("Removed",
            $"{removed}, and {files.Secrets} with the passwords that they know; the next deployment takes those");
    }

    private IDeploymentTarget Target() => settings.Target switch
    {
        "compose" => new ComposeTarget(settings),
        "swarm" => new SwarmTarget(settings),
        "kubernetes" => new KubernetesTarget(settings),
        var other => throw new DeploymentException(
            $"The deploy-target is '{other}': set Parameters__deploy-target to compose, swarm or kubernetes."),
    };

    private static DeploymentFiles FilesOf(PipelineStepContext context, IDeploymentTarget target) =>
        new(context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory(), target.SecretsFolder);

    private async Task WriteFilesAsync(PipelineStepContext context, DeploymentFiles files, DeploymentSecrets secrets)
    {
        var cancelled = context.CancellationToken;
        var variables = new Dictionary<string, string>
        {
            ["API_IMAGE"] = await settings.ImageAsync(ResourceNames.Api, cancelled),
            ["WORKER_IMAGE"] = await settings.ImageAsync(ResourceNames.Worker, cancelled),
            ["SECRETS"] = "./secrets",
            ["REVISION"] = secrets.Revision(await File.ReadAllTextAsync(Path.Combine(settings.Source, "haproxy.cfg"), cancelled)),
            ["PORT"] = settings.Value("public-port", "8080"),
            ["TLS_CERTIFICATE"] = secrets.Has("tls.pem") ? "/run/secrets/tls.pem" : "",
            ["OTLP_ENDPOINT"] = settings.Value("otlp-endpoint"),
        };
        await files.WriteAsync(settings.Source, variables, cancelled);
    }
}
