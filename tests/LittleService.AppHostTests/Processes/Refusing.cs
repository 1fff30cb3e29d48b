using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

[Collection(OwnProcesses.Name)]
public sealed partial class Refusing
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WrongPasswordOfTheDataIsToldInOneSentence()
    {
        var data = Graph.NewDataFolder();
        try
        {
            await using (var first = new AppHostProcess(data, "--Parameters:postgres-password=first"))
                await Wait.UntilAsync("the data is made", () => Task.FromResult(Directory.Exists(Path.Combine(data, "postgres", "data"))), Cancelled);

            await using (var second = new AppHostProcess(data, "--Parameters:postgres-password=second"))
                await second.WaitForOutputAsync(WrongPassword(), Cancelled);

            await using var third = new AppHostProcess(data, "--Parameters:postgres-password=second", "--ResetData=true");
            await third.WaitForApiAsync(Cancelled);
        }
        finally
        {
            Files.Delete(data);
        }
    }

    [Fact]
    public async Task MissingServersAreNamedWithTheCommandThatGetsThem()
    {
        var empty = Directory.CreateTempSubdirectory("littleservice-test-");
        await using var appHost = new AppHostProcess(Graph.NewDataFolder(), new Dictionary<string, string> { ["PATH"] = empty.FullName });

        Assert.Equal(1, await appHost.WaitForExitAsync(Cancelled));
        var sentence = Assert.Single(appHost.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"Redis \(redis-server\) not found, .*: run script/bootstrap", sentence);
        empty.Delete();
    }

    [Fact]
    public async Task UnknownChoiceOfServersIsToldInOneSentence()
    {
        await using var appHost = new AppHostProcess(Graph.NewDataFolder(), "--Servers=some");

        Assert.Equal(1, await appHost.WaitForExitAsync(Cancelled));
        Assert.Equal("The setting Servers is 'some'; it may be auto, containers or local.", appHost.Output.Trim());
    }

    [Fact]
    public async Task DataOfAPostgresThatIsNotInstalledIsToldInOneSentence()
    {
        var data = Graph.NewDataFolder();
        Directory.CreateDirectory(Path.Combine(data, "postgres", "data"));
        await File.WriteAllTextAsync(Path.Combine(data, "postgres", "data", "PG_VERSION"), "9\n", Cancelled);
        try
        {
            await using var appHost = new AppHostProcess(data);

            Assert.Equal(1, await appHost.WaitForExitAsync(Cancelled));
            Assert.Contains("was made by Postgres 9, which is not installed here: install it", appHost.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", appHost.Output, StringComparison.Ordinal);
            Assert.Equal("9\n", await File.ReadAllTextAsync(Path.Combine(data, "postgres", "data", "PG_VERSION"), Cancelled));
        }
        finally
        {
            Files.Delete(data);
        }
    }

    [Fact]
    public async Task TakenPortIsToldInOneSentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var data = Graph.NewDataFolder();
        try
        {
            await using var appHost = new AppHostProcess(data, new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://localhost:{taken}",
                ["DcpPublisher__RandomizePorts"] = "false",
            });

            // A developer's own graph may have the ports of the api and the worker.
            Assert.Equal(1, await appHost.WaitForExitAsync(Cancelled));
            Assert.Matches(@"Port \d+ of the (dashboard|api|worker) is taken by another process", appHost.Output);
            Assert.Empty(appHost.Remains());
        }
        finally
        {
            Files.Delete(data);
        }
    }

    [GeneratedRegex(@"The data of postgres was made with another password .*--ResetData=true")]
    private static partial Regex WrongPassword();
}
