using LittleService.BrowserTests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace LittleService.BrowserTests;

/// <summary>The browser of this machine, without a window. <c>script/bootstrap --browser</c> installs one.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Site.Patience);
        _playwright = await Playwright.CreateAsync();
        // In a container the kernel often refuses Chromium's sandbox, and root never has one.
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium on this machine: script/bootstrap --browser installs it.");
    }
}
