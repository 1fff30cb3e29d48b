using System.Net;

namespace LittleService.FunctionalTests.Imports;

/// <summary>Files as programs write them.</summary>
public sealed class RealFileTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("row-by-row")]
    [InlineData("all-or-nothing")]
    public async Task RowsComeBackInTheOrderOfTheFile(string mode)
    {
        _ = service.Worker;
        var name = Guid.NewGuid().ToString("N");

        var import = await service.Writer.EndAsync((await service.Writer.ImportAsync(ImportClient.Rows(name, 2500), mode)).Id);

        Assert.Equal(("completed", 2500), (import.State, import.RowsAdded));
        var names = await service.ScalarAsync<string[]>($"select array_agg(name order by id) from items where name like '{name}%'");
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"{name} {i}"), names);
    }

    [Theory]
    [InlineData("sep=;\r\nname;quantity;description\r\n{0};5;a,b\r\n;;\r\n", 1, 0)]
    [InlineData("\uFEFF\uFEFFname,quantity,\n{0},5,\n,,\n", 1, 0)]
    [InlineData("name, quantity\n{0}, 3\n", 1, 0)]
    [InlineData("\"name\"\t\"quantity\"\n\"{0}\"\t3\n\t\n\"{0}\"\t3\n", 2, 0)]
    [InlineData("name,quantity\n{0},5\0\n{0},5\n", 1, 1)]
    [InlineData("name,quantity\n\"{0},3\n{0},5\n{0},6\n", 2, 1)]
    public async Task FileIsTakenAsItsProgramWroteIt(string file, int added, int refused)
    {
        _ = service.Worker;
        var name = Guid.NewGuid().ToString("N");

        var import = await service.Writer.EndAsync((await service.Writer.ImportAsync(string.Format(null, file, name))).Id);

        Assert.Equal(("completed", added, refused), (import.State, import.RowsAdded, import.RowsRefused));
        Assert.Equal(added, await service.ScalarAsync<long>($"select count(*) from items where name = '{name}'"));
    }

    [Fact]
    public async Task RowsOfEmptyCellsStopNothing()
    {
        _ = service.Worker;

        var import = await service.Writer.EndAsync((await service.Writer.ImportAsync("name,quantity\nLamp,1\n,\n\" \",\n,,,\n", "all-or-nothing")).Id);

        Assert.Equal(("completed", 1), (import.State, import.RowsAdded));
    }

    [Theory]
    [InlineData("name,quantity,price\nLamp,1,2", "price")]
    [InlineData("\"\",name,quantity\n1,Lamp,2", "column 1 has no name")]
    [InlineData("Lamp,1", "no column name")]
    public async Task FirstLineThatCannotBeTakenIsToldWhy(string file, string reason)
    {
        using var answer = await service.Writer.PostCsvAsync(file);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Utf16IsNamed()
    {
        using var answer = await service.Writer.PostCsvAsync(new ByteArrayContent([.. System.Text.Encoding.Unicode.GetPreamble(), .. System.Text.Encoding.Unicode.GetBytes("name\tquantity\n")]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("UTF-16", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }
}
