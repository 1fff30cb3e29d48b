using LittleService.Data.Accounts;
using LittleService.FunctionalTests;
using LittleService.FunctionalTests.Accounts;
using Microsoft.Playwright;

namespace LittleService.BrowserTests;

[CollectionDefinition(nameof(Site))]
public sealed class SiteTests : ICollectionFixture<Site>;

/// <summary>A service with an api and a worker, seen through a browser. All tests share it, each with its own data and its own browser context.</summary>
public sealed class Site(Servers servers, Chromium chromium) : IAsyncLifetime
{
    public const int Patience = 60_000;

    private readonly Service _service = new(servers);
    private string _address = "";

    public Service Service => _service;

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        using var worker = _service.StartWorker();
        // Browsers keep a session without TLS only where the service is told that there is none.
        using var api = _service.StartApi(("environment", "Development"));
        _address = $"http://localhost:{api.BaseAddress!.Port}";
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>A new browser that knows nothing of the others, signed in by an API key where a role is given.</summary>
    public async Task<Visitor> VisitAsync(Role? role = null, Action<BrowserNewContextOptions>? configure = null)
    {
        var options = new BrowserNewContextOptions { BaseURL = _address };
        if (role is { } known) options.ExtraHTTPHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestKeys.Of(known)}" };
        configure?.Invoke(options);
        var context = await chromium.Browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return new(context, await context.NewPageAsync());
    }
}
