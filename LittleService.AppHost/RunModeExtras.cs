using LittleService.AppHost.Servers;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.AppHost;

/// <summary>What a developer wants and a deployment must not have: commands in the dashboard, friendly addresses, a quick stop.</summary>
public static class RunModeExtras
{
    public static void AddRunModeExtras(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<IResourceWithConnectionString> db,
        IResourceBuilder<IResourceWithConnectionString> redis,
        IResourceBuilder<ProjectResource> worker,
        IResourceBuilder<ProjectResource> api)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;

        worker.WithBuiltProgram().WithQuickStart().WithQuickStop().WithPlainHttp().WithQuietKeys();
        worker.WithQueueCommands(db, redis);
        api.WithBuiltProgram().WithQuickStart().WithQuickStop().WithPlainHttp().WithQuietKeys()
            .WithUrlForEndpoint("http", url => url.DisplayText = "Hello")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/items", DisplayText = "Items" })
            .WithAnnouncement();

        // Servers from a connection string are never emptied.
        if (!ServerProvider.IsFromOutside(builder.Configuration, ResourceNames.Database))
            db.WithResetCommand(ServerProvider.IsFromOutside(builder.Configuration, ResourceNames.Redis) ? null : redis.Resource, worker);
    }

    /// <summary>Whether <c>--Tools=true</c> asks for pgAdmin and RedisInsight, which are containers.</summary>
    internal static bool HasTools(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && builder.Configuration.GetValue<bool>("Tools");

    // All start at once on one machine: the second compilation of hot methods waits (hexadecimal milliseconds) until they stand.
    private static IResourceBuilder<ProjectResource> WithQuickStart(this IResourceBuilder<ProjectResource> project) =>
        project.WithEnvironment("DOTNET_TC_CallCountingDelayMs", "1000");

    // No load balancer has to notice "not ready" before the stop; a running job is given back.
    private static IResourceBuilder<ProjectResource> WithQuickStop(this IResourceBuilder<ProjectResource> project) =>
        project.WithEnvironment("Drain__Delay", "00:00:00").WithEnvironment("Jobs__StopWait", "00:00:02");

    // Aspire asks for a trusted development certificate, with a red bar in the dashboard, as long as a resource could make use of one.
    private static IResourceBuilder<ProjectResource> WithPlainHttp(this IResourceBuilder<ProjectResource> project) =>
#pragma warning disable ASPIRECERTIFICATES001 // Experimental; without it the first thing that a newcomer sees is that red bar.
        project.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001

    // The keys that protect cookies are not encrypted at rest without a certificate: a warning where it matters, noise on a laptop.
    private static IResourceBuilder<ProjectResource> WithQuietKeys(this IResourceBuilder<ProjectResource> project) =>
        project.WithEnvironment("Logging__LogLevel__Microsoft.AspNetCore.DataProtection", "Error");

    private static void WithAnnouncement(this IResourceBuilder<ProjectResource> api) =>
        api.OnResourceReady((resource, _, _) =>
        {
            Console.WriteLine($"{resource.Name}: {resource.GetEndpoint("http").Url}");
            return Task.CompletedTask;
        });

    private static void WithResetCommand(
        this IResourceBuilder<IResourceWithConnectionString> db,
        IResourceWithConnectionString? redis,
        IResourceBuilder<ProjectResource> worker) =>
        db.WithCommand("reset-database", "Reset database", async context =>
        {
            var commands = context.Services.GetRequiredService<ResourceCommandService>();
            try
            {
                await DatabaseReset.RunAsync(db.Resource, redis, context.CancellationToken);
            }
            finally
            {
                await commands.ExecuteCommandAsync(worker.Resource, KnownResourceCommands.RestartCommand, context.CancellationToken);
            }
            return CommandResults.Success();
        },
        new CommandOptions
        {
            Description = $"Deletes and creates the database anew, empties Redis, and restarts the {ResourceNames.Worker}, which migrates.",
            ConfirmationMessage = "All items, accounts and jobs in this database will be deleted. Go on?",
            IconName = "ArrowReset",
            UpdateState = context =>
                context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
                    ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
}
