using System.Net;
using System.Net.Sockets;
using System.Text;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Jobs;

namespace LittleService.FunctionalTests.Imports;

/// <summary>With an api and a worker in processes of their own, since theirs is the memory that is told of.</summary>
public sealed class ImportMemoryTests(Service service) : IClassFixture<Service>
{
    private const int Rows = 100_000;
    private const long MostGrowth = 100_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LargestImportGrowsNeitherApiNorWorkerByAHundredMegabytes()
    {
        await using var worker = WorkerProcess.Start(service);
        using var client = new HttpClient { BaseAddress = FreeAddress() }.As(Role.Writer);
        await using var api = WorkerProcess.StartApi(service, client.BaseAddress!);
        await Eventually.SeeAsync(() => IsReadyAsync(client), ready => ready);
        await client.EndAsync((await client.ImportAsync(ImportClient.Rows("warm", 2000))).Id);
        var before = (Api: api.Memory.Now, Worker: worker.Memory.Now);

        using var answer = await client.PostCsvAsync(new ByteArrayContent(File()));
        var import = Guid.Parse(answer.Headers.Location!.ToString()[^36..]);
        var ended = await Eventually.SeeAsync(() => client.GetImportAsync(import), seen => seen.FinishedAt is not null, minutes: 4);
        var grown = (Api: api.Memory.Most - before.Api, Worker: worker.Memory.Most - before.Worker);

        TestContext.Current.TestOutputHelper?.WriteLine($"api {before.Api:N0} + {grown.Api:N0}, worker {before.Worker:N0} + {grown.Worker:N0}");
        Assert.Equal(("completed", Rows), (ended.State, ended.RowsAdded));
        Assert.InRange(Math.Max(grown.Api, grown.Worker), 0, MostGrowth);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new($"http://{listener.LocalEndpoint}");
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/health", Stop);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // A little less than the 50 MB that an upload may have.
    private static byte[] File()
    {
        var description = string.Concat(Enumerable.Repeat("Heavy brass. ", 39));
        return Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, Rows).Select(i => $"Lamp {i:D6},1,{description}").Prepend("name,quantity,description")));
    }
}
