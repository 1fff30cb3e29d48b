using Aspire.Hosting.Pipelines;

namespace LittleService.AppHost.Deployment;

#pragma warning disable ASPIREPIPELINES001 // Experimental; the only way by which `aspire deploy` does anything of one's own.
#pragma warning disable ASPIREPIPELINES003 // Experimental; the names of the images.
#pragma warning disable ASPIRECOMPUTE003 // Experimental; the registry that `aspire deploy` pushes to.

/// <summary>What <c>aspire deploy</c>, <c>publish</c> and <c>destroy</c> do, by Compose, Swarm or Kubernetes.</summary>
public static class DeploymentExtensions
{
    private const string Check = "check-deployment";

    public static void AddDeployment(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> worker, IResourceBuilder<ProjectResource> api)
    {
        if (!builder.ExecutionContext.IsPublishMode)
            return;
        var settings = new DeploymentSettings(builder.Configuration, builder.AppHostDirectory);
        if (settings.Registry.Length > 0)
            builder.AddContainerRegistry("registry", settings.Registry, settings.Repository).ExcludeFromManifest();
        foreach (var project in (IResourceBuilder<ProjectResource>[])[worker, api])
        {
            project.WithRemoteImageName(project.Resource.Name);
            project.WithImagePushOptions(async push => push.Options.RemoteImageTag = await settings.TagAsync(push.CancellationToken));
        }
        AddSteps(builder.Pipeline, new(settings));
        BuildOneAfterTheOther(builder.Pipeline, worker.Resource, api.Resource);
    }

    private static void AddSteps(IDistributedApplicationPipeline pipeline, Deployment deployment)
    {
        Add(Check, "Asks for the registry and for the target's own program before anything is built.", deployment.CheckAsync,
            [WellKnownPipelineSteps.ProcessParameters], [WellKnownPipelineSteps.PushPrereq]);
        Add("write-deployment", "Writes what a deployment would apply into the output path, without secrets, and applies nothing.",
            deployment.WriteAsync, [WellKnownPipelineSteps.ProcessParameters], [WellKnownPipelineSteps.Publish]);
        Add("apply-deployment",
            "Applies the pushed images to the target (deploy-target: compose, swarm or kubernetes) and waits until it is ready.",
            deployment.ApplyAsync, [Check, WellKnownPipelineSteps.Push], [WellKnownPipelineSteps.Deploy]);
        Add("remove-deployment", "Takes away what was deployed to the target, and leaves the volumes with the data.",
            deployment.RemoveAsync, [WellKnownPipelineSteps.ProcessParameters], [WellKnownPipelineSteps.Destroy]);

        void Add(string name, string description, Func<PipelineStepContext, Task> action, string[] after, string[] before) =>
            pipeline.AddStep(new PipelineStep
            {
                Name = name,
                Description = description,
                Action = action,
                DependsOnSteps = [.. after],
                RequiredBySteps = [.. before],
            });
    }

    // Both compile the same projects into the same folders.
    private static void BuildOneAfterTheOther(IDistributedApplicationPipeline pipeline, IResource first, IResource second) =>
        pipeline.AddPipelineConfiguration(configuration =>
        {
            foreach (var step in configuration.GetSteps(second, WellKnownPipelineTags.BuildCompute))
                foreach (var other in configuration.GetSteps(first, WellKnownPipelineTags.BuildCompute))
                    step.DependsOn(other);
            return Task.CompletedTask;
        });
}
