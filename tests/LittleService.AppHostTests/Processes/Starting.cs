using System.Text.RegularExpressions;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>What a developer's surroundings may be like when the app host starts.</summary>
[Collection(OwnProcesses.Name)]
public sealed partial class Starting
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Without the launch profile nothing names an environment, an address or plain http. A new home has no certificate and no secrets.
    [Fact]
    public async Task StartsTwiceInANewHomeWithoutALaunchProfileAndBehindAProxy()
    {
        // One that nobody answers on.
        var proxy = $"http://127.0.0.1:{Ports.Free()}";
        var home = Directory.CreateTempSubdirectory("littleservice-test-").FullName;
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["DOTNET_ENVIRONMENT"] = "",
            ["ASPNETCORE_URLS"] = "",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "",
            ["HTTP_PROXY"] = proxy,
            ["http_proxy"] = proxy,
            ["HTTPS_PROXY"] = proxy,
        };
        var data = Graph.NewDataFolder();
        try
        {
            for (var start = 1; start <= 2; start++)
            {
                await using var appHost = new AppHostProcess(data, environment);
                await appHost.WaitForApiAsync(Cancelled);
                Assert.DoesNotContain("warn:", appHost.Output, StringComparison.Ordinal);
                await appHost.SignalAsync("TERM", Cancelled);
                Assert.Equal(0, await appHost.WaitForExitAsync(Cancelled));

                // By the second time another Postgres has been installed, which cannot read the data.
                environment["PATH"] = $"{AddPostgres(home, version: 99)}:{Environment.GetEnvironmentVariable("PATH")}";
            }
        }
        finally
        {
            Files.Delete(data);
            Files.Delete(home);
        }
    }

    [Fact]
    public async Task ToolsAreToldToBeContainersOnlyWhereServersAreProcesses()
    {
        var data = Graph.NewDataFolder();
        try
        {
            await using var appHost = new AppHostProcess(data, "--Tools=true");
            await appHost.WaitForOutputAsync(NoTools(), Cancelled);
        }
        finally
        {
            Files.Delete(data);
        }
    }

    [GeneratedRegex(@"^Servers: Tools=true adds nothing, since pgAdmin and RedisInsight run as containers", RegexOptions.Multiline)]
    private static partial Regex NoTools();

    private static string AddPostgres(string home, int version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home, $"postgres-{version}")).FullName;
        foreach (var program in (string[])["postgres", "initdb"])
        {
            var path = Path.Combine(folder, program);
            File.WriteAllText(path, $"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.1'\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        return folder;
    }
}
