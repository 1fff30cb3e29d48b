namespace AspireStandIn.Tests.Processes;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ParameterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GeneratedSecretIsTheSameInTheNextRunAndNobodyElseReadsIt()
    {
        using var home = new TemporaryHome();

        var first = await GeneratedAsync(home, []);
        var second = await GeneratedAsync(home, []);

        Assert.Equal(30, first.Length);
        Assert.Equal(first, second);
        var file = Assert.Single(Directory.GetFiles(home.Path, "secrets.json", SearchOption.AllDirectories));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task ConfiguredValueComesBeforeTheGeneratedOne()
    {
        using var home = new TemporaryHome();

        Assert.Equal("mine", await GeneratedAsync(home, ["--Parameters:generated=mine"]));
        Assert.Empty(Directory.GetFiles(home.Path, "secrets.json", SearchOption.AllDirectories));
    }

    private static async Task<string> GeneratedAsync(TemporaryHome home, string[] arguments)
    {
        using var host = new HostProcess(["generated", .. arguments], new Dictionary<string, string> { ["HOME"] = home.Path, ["PATH"] = "/nowhere" });
        var line = await host.LineAsync("generated: ", Cancelled);
        await host.SignalAsync("KILL", Cancelled);
        await host.EndAsync(Cancelled);
        return line["generated: ".Length..];
    }
}
