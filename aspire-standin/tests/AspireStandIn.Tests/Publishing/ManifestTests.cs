using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.Publishing;

namespace AspireStandIn.Tests.Publishing;

public sealed class ManifestTests : IDisposable
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly SampleApplication _sample = new();

    public void Dispose() => _sample.Dispose();

    [Theory]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--output-path")]
    [InlineData("--publisher", "manifest", "--output-path")]
    public async Task ManifestIsByteForByteThatOfTheRealPackages(params string[] args)
    {
        var file = Path.Combine(_sample.Folder, "out.json");
        await _sample.RunAsync(_cancel, [.. args, file]);
        var written = await File.ReadAllTextAsync(file, _cancel);
        if (Shared.Find("aspire/manifest.example.json") is not { } recorded)
        {
            Assert.Skip("There is no ../shared/aspire/manifest.example.json beside the repository to compare with.");
            return;
        }
        Assert.Equal(await File.ReadAllTextAsync(recorded, _cancel), written);
    }

    [Fact]
    public async Task FolderReceivesTheUsualFileName()
    {
        await _sample.RunAsync(_cancel, "--publisher", "manifest", "--output-path", Path.Combine(_sample.Folder, "a", "b"));
        Assert.True(File.Exists(Path.Combine(_sample.Folder, "a", "b", "aspire-manifest.json")));
    }

    [Theory]
    [InlineData("Unknown value 'deploy' of --operation: it must be run or publish.", "--operation", "deploy")]
    [InlineData("Unknown value 'x' of --publisher: it must be manifest.", "--publisher", "x", "--output-path", "y")]
    [InlineData("Unknown value 'x' of --step: it must be publish-manifest.", "--operation", "publish", "--step", "x", "--output-path", "y")]
    [InlineData("Unknown value 'x' of --step: it must be publish-manifest.", "--step", "x")]
    [InlineData("--step publish-manifest needs --operation publish.", "--step", "publish-manifest", "--output-path", "y")]
    [InlineData("--operation publish needs --step publish-manifest.", "--operation", "publish", "--output-path", "y")]
    [InlineData("The manifest needs --output-path: a file that ends in .json, or a folder.", "--publisher", "manifest")]
    [InlineData("The manifest needs --output-path: a file that ends in .json, or a folder.", "--publisher", "manifest", "--output-path", "")]
    public async Task SenselessRequestIsOneSentence(string sentence, params string[] args)
    {
        var fault = await Assert.ThrowsAsync<DistributedApplicationException>(() => _sample.RunAsync(_cancel, args));
        Assert.Equal(sentence, fault.Message);
    }

    [Theory]
    [InlineData("", 0x02CC5D05u)]
    [InlineData("a", 0x550D7456u)]
    [InlineData("Nobody inspects the spammish repetition", 0xE2293B2Fu)]
    public void HashIsTheKnownOne(string text, uint expected) => Assert.Equal(expected, XxHash32.Hash(Encoding.UTF8.GetBytes(text)));
}
