using System.Reflection;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireStandIn.Tests.Running;

/// <summary>An application over the real DCP, inside the test's process.</summary>
internal sealed partial class Application : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private DistributedApplication? _app;

    public static string HostProject { get; } = typeof(Application).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(m => m.Key == "HostProject").Value!;

    public IDistributedApplicationTestingBuilder Builder { get; } = DistributedApplicationTestingBuilder.Create();

    public ResourceNotificationService States => _app!.ResourceNotifications;

    public DistributedApplication App => _app!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public IResourceBuilder<ExecutableResource> AddShell(string name, string command) =>
        Builder.AddExecutable(name, "/bin/sh", "/", "-c", command);

    public IResourceBuilder<ProjectResource> AddServer(string name) =>
        Builder.AddProject(name, HostProject).WithArgs("serve").WithHttpEndpoint();

    /// <summary>A health check that says what the test wants.</summary>
    public void AddHealthCheck(string key, Func<bool> isHealthy) => Builder.Services.AddHealthChecks()
        .AddCheck(key, () => isHealthy() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));

    public Task StartAsync()
    {
        _app = Builder.Build();
        return _app.StartAsync(Cancelled).WaitAsync(Limit, Cancelled);
    }

    public Task WaitForStateAsync(string resource, string state) => States.WaitForResourceAsync(resource, state, Cancelled).WaitAsync(Limit, Cancelled);

    public Task<ResourceEvent> WaitForAsync(string resource, Func<CustomResourceSnapshot, bool> predicate) =>
        States.WaitForResourceAsync(resource, e => predicate(e.Snapshot), Cancelled).WaitAsync(Limit, Cancelled);

    public Task WaitForHealthyAsync(string resource) => States.WaitForResourceHealthyAsync(resource, Cancelled).WaitAsync(Limit, Cancelled);

    public async Task CommandAsync(string resource, string command)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command, Cancelled).WaitAsync(Limit, Cancelled);
        Assert.True(result.Success, result.Message);
    }

    /// <summary>Reads the resource's log until a line holds the text, and gives that line without its time.</summary>
    public async Task<string> LogLineAsync(string resource, string text, Func<string, bool>? isMeant = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Limit);
        Assert.True(App.Services.GetRequiredService<DistributedApplicationModel>().Resources.TryGetByName(resource, out var found));
        await foreach (var lines in App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(found).WithCancellation(limit.Token))
            if (lines.FirstOrDefault(l => l.Content.Contains(text, StringComparison.Ordinal) && isMeant?.Invoke(l.Content) != false) is { Content: { } line })
                return Time().Replace(line, "");
        throw new InvalidOperationException($"The log of '{resource}' ended without '{text}'.");
    }

    public static object? Property(CustomResourceSnapshot snapshot, string name) => snapshot.Properties.FirstOrDefault(p => p.Name == name)?.Value;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        await Builder.DisposeAsync();
    }

    [GeneratedRegex(@"^\S+Z ")]
    private static partial Regex Time();
}
