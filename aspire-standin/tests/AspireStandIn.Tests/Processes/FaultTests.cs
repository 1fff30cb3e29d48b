using System.Net;
using System.Net.Sockets;

namespace AspireStandIn.Tests.Processes;

public sealed class FaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("name", "Resource name 'no spaces' is invalid: it may hold only ASCII letters, digits and hyphens.")]
    [InlineData("twice", "There are two resources named 'Server': names must be unique, without regard to case.")]
    [InlineData("not-found", "Resource 'client' cannot start: 'server', which it waits for, could not be started.*")]
    [InlineData("dies", "Resource 'client' cannot start: 'server', which it waits for, ended with exit code 3. It said: the disk is full")]
    [InlineData("parameter", "'token' has no value: set the environment variable Parameters__token, or run: dotnet user-secrets set*")]
    [InlineData("sleep --operation bogus", "Unknown value 'bogus' of --operation: it must be run or publish.")]
    [InlineData("sleep --publisher bogus", "Unknown value 'bogus' of --publisher: it must be manifest.")]
    [InlineData("sleep --operation publish --step bogus", "Unknown value 'bogus' of --step: it must be publish-manifest.")]
    [InlineData("sleep --publisher manifest", "The manifest needs --output-path: a file that ends in .json, or a folder.")]
    public async Task FaultIsOneSentenceAndAnExitCode(string arguments, string sentence)
    {
        using var host = new HostProcess(arguments.Split(' '));

        AssertSentence(sentence, await host.EndAsync(Cancelled));
    }

    [Fact]
    public async Task PortInUseIsOneSentenceAndAnExitCode()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var host = new HostProcess(["port", $"--Port={port}"]);

        AssertSentence($"Port {port}, which 'server' needs for its endpoint 'http', is in use by another process.", await host.EndAsync(Cancelled));
    }

    [Fact]
    public async Task MissingDcpWithoutNpmIsOneSentenceAndAnExitCode()
    {
        using var home = new TemporaryHome();
        using var host = new HostProcess(["sleep"], new Dictionary<string, string> { ["HOME"] = home.Path, ["XDG_CACHE_HOME"] = "", ["PATH"] = "/nowhere" });

        AssertSentence("DCP is missing * and there is no npm to install it: install npm, or run 'aspire setup' of the Aspire CLI 13.5.4.", await host.EndAsync(Cancelled));
    }

    private static void AssertSentence(string expected, (int ExitCode, string Errors) end)
    {
        var pattern = "^" + System.Text.RegularExpressions.Regex.Escape(expected).Replace("\\*", ".*", StringComparison.Ordinal) + "\n$";
        Assert.Matches(pattern, end.Errors);
        Assert.Equal(1, end.ExitCode);
    }
}
