using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly ResourceCollection _resources = [];

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        Interception = Interception.Current;
        Interception?.Configure(options);
        if (Interception is null) FaultSentence.CatchUnhandled();
        Options = options;
        AppHostAssembly = options.Assembly;
        AppHostDirectory = options.ProjectDirectory ?? ProjectDirectory(AppHostAssembly) ?? Directory.GetCurrentDirectory();
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,
            EnvironmentName = options.EnvironmentName,
        });
        options.RandomizePorts |= _host.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
        Request = OperationRequest.Parse(options.Args ?? []);
        ExecutionContext = new DistributedApplicationExecutionContext(Request.Operation);
        AddServices();
        if (ExecutionContext.IsRunMode && !options.DisableDashboard) this.AddDashboard();
    }

    public DistributedApplicationOptions Options { get; }

    public OperationRequest Request { get; }

    public Interception? Interception { get; }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources => _resources;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.TryGetByName(resource.Name, out _))
            throw new DistributedApplicationException($"There are two resources named '{resource.Name}': names must be unique, without regard to case.");
        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        Interception?.AwaitBuild(this);
        var application = new DistributedApplication(_host.Build(), Request, Interception);
        Interception?.Built(application);
        return application;
    }

    private void AddServices()
    {
        Services.AddLogging(logging => logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("System.Net.Http", LogLevel.Warning));
        // The children are given time to end; the app host itself has nothing that takes long.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(40));
        Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        Services.AddHealthChecks();
        Services.AddSingleton(Options);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton(new AppHost(AppHostAssembly, AppHostDirectory));
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton(services => new ResourceNotificationService(services));
        Services.AddSingleton(services => new ResourceCommandService(services));
        Services.AddSingleton<ManifestPublisher>();
        if (ExecutionContext.IsRunMode) Services.AddDcp();
    }

    private static string? ProjectDirectory(Assembly? assembly) => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(m => string.Equals(m.Key, "apphostprojectpath", StringComparison.OrdinalIgnoreCase))?.Value;
}

/// <summary>Which app host this is.</summary>
/// <param name="Assembly">Its assembly.</param>
/// <param name="Directory">The folder of its project.</param>
internal sealed record AppHost(Assembly? Assembly, string Directory)
{
    public string Name => Assembly?.GetName().Name ?? "AppHost";

    /// <summary>The assembly that a project of this app host was built into, as the build wrote it down; null where it did not.</summary>
    public string? OutputOf(string projectPath) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(m => m.Key == $"aspire-output:{projectPath}")?.Value;
}
