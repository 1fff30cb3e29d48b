using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using LittleService.FunctionalTests;
using LittleService.ServiceDefaults;

[assembly: AssemblyFixture(typeof(Servers))]

namespace LittleService.FunctionalTests;

/// <summary>
/// The Postgres and the Redis that all tests share: those that <c>ConnectionStrings__db</c> and <c>ConnectionStrings__redis</c> name, or else
/// those of the app host, started without its api and worker and with a data folder of their own.
/// </summary>
public sealed class Servers : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string _dataFolder = Path.Combine(Path.GetTempPath(), $"littleservice-test-{Guid.NewGuid():N}");
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    public string Database { get; private set; } = "";

    public string Redis { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var (database, redis) = (FromOutside(ResourceNames.Database), FromOutside(ResourceNames.Redis));
        if (database is null || redis is null) await StartAsync();
        Database = database ?? (await _app!.GetConnectionStringAsync(ResourceNames.Database))!;
        Redis = redis ?? (await _app!.GetConnectionStringAsync(ResourceNames.Redis))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_builder is not null) await _builder.DisposeAsync();
        await DeleteDataAsync();
    }

    // The app host has stopped, but a server of it may write its last lines still.
    private async Task DeleteDataAsync()
    {
        for (var attempt = 1; Directory.Exists(_dataFolder); attempt++)
        {
            try
            {
                Directory.Delete(_dataFolder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string? FromOutside(string name) =>
        Environment.GetEnvironmentVariable($"ConnectionStrings__{name}") is { Length: > 0 } connection ? connection : null;

    private async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LittleService_AppHost>([$"--DataFolder={_dataFolder}"], limit.Token);
        foreach (var project in _builder.Resources.OfType<ProjectResource>().ToList()) _builder.Resources.Remove(project);
        _app = await _builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(ResourceNames.Database, limit.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(ResourceNames.Redis, limit.Token);
    }
}
