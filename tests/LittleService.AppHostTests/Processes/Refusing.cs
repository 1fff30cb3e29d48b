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

    [GeneratedRegex(@"The data of postgres was made with another password .*--ResetData=true")]
    private static partial Regex WrongPassword();
}
