using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Imports;

public sealed class ImportsTests : IClassFixture<Service>
{
    private readonly Service _service;
    private readonly string _name = $"n{Guid.NewGuid():N}";

    public ImportsTests(Service service)
    {
        _service = service;
        _ = _service.Worker;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => _service.Writer;

    [Fact]
    public async Task UploadIsAcceptedAndItsRowsBecomeItems()
    {
        using var answer = await Api.PostCsvAsync(
            $"\uFEFFquantity,name,description\r\n3,{_name} Lamp,\"Brass, \"\"old\"\"\nand heavy\"\r\n7,\"{_name} Chair\",=1+1\r\n");
        var accepted = await answer.Content.ReadFromJsonAsync<ImportView>(Stop);
        var ended = await Api.EndAsync(accepted!.Id);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.EndsWith($"/api/imports/{accepted.Id}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(accepted.JobId);
        Assert.Equal(("completed", 1, 2, 0), (ended.State, ended.Progress, ended.RowsAdded, ended.RowsRefused));
        Assert.Equal(3, await _service.ScalarAsync<int>($"select quantity from items where name = '{_name} Lamp' and description = E'Brass, \"old\"\\nand heavy'"));
        Assert.Equal(7, await _service.ScalarAsync<int>($"select quantity from items where name = '{_name} Chair' and description = '=1+1'"));
    }

    [Fact]
    public async Task ImportedItemsAreSearchableAndOneAuditRowTellsOfThem()
    {
        var import = await Api.ImportAsync(ImportClient.Rows(_name, 1500));
        await Api.EndAsync(import.Id);

        Assert.Equal(1500, await _service.ScalarAsync<long>($"select count(*) from items where search @@ plainto_tsquery('simple', '{_name}')"));
        Assert.Equal("writer import.completed 1500 rows added, 0 refused", await _service.ScalarAsync<string>(
            $"select string_agg(who || ' ' || what || ' ' || details, ';') from audit where subject = '{import.Id}'"));
    }

    [Fact]
    public async Task GoodRowsGoInAndBadOnesAreToldByLine()
    {
        var import = await Api.ImportAsync($"name,quantity\n{_name},1\n,2\n{_name},-1\n\"{_name}\nx\",1,1\n{_name},4");
        var ended = await Api.EndAsync(import.Id);

        Assert.Equal(("completed", 2, 3), (ended.State, ended.RowsAdded, ended.RowsRefused));
        Assert.Equal(
            [
                new(3, "the name is missing"),
                new(4, "the quantity is not a whole number from 0 to 2147483647"),
                new(5, "the row has 3 columns and the first line 2"),
            ],
            ended.Errors);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task RefusedRowsBeyondTheFirstHundredAreCounted()
    {
        var import = await Api.ImportAsync("name,quantity" + string.Concat(Enumerable.Repeat("\n,1", 2500)));
        var ended = await Api.EndAsync(import.Id);

        Assert.Equal((0, 2500, 100), (ended.RowsAdded, ended.RowsRefused, ended.Errors.Length));
        Assert.Equal(101, ended.Errors[^1].Line);
    }

    [Fact]
    public async Task AllOrNothingAddsNothingWhereOneRowIsBad()
    {
        var import = await Api.ImportAsync($"{ImportClient.Rows(_name, 2500)}\n,1,", "all-or-nothing");
        var ended = await Api.EndAsync(import.Id);

        Assert.Equal(("failed", 0, 1), (ended.State, ended.RowsAdded, ended.RowsRefused));
        Assert.Equal([new(2502, "the name is missing")], ended.Errors);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task AllOrNothingAddsAllWhereAllAreGood()
    {
        var import = await Api.ImportAsync(ImportClient.Rows(_name, 2500), "all-or-nothing");
        var ended = await Api.EndAsync(import.Id);

        Assert.Equal(("completed", 2500, 0), (ended.State, ended.RowsAdded, ended.RowsRefused));
        Assert.Equal(2500, await CountAsync());
    }

    [Fact]
    public async Task UploadIsDeletedWhenTheImportHasEnded()
    {
        var import = await Api.ImportAsync(ImportClient.Rows(_name, 3));
        await Api.EndAsync(import.Id);

        Assert.Equal(0, await _service.ScalarAsync<long>($"select count(*) from import_chunks where import_id = '{import.Id}'"));
    }

    [Fact]
    public async Task ProgressIsToldAsServerSentEventsUntilTheEnd()
    {
        var import = await Api.ImportAsync(ImportClient.Rows(_name, 3000));

        // The stream ends by itself.
        var text = await Api.GetStringAsync($"/api/imports/{import.Id}/events", Stop);

        Assert.StartsWith("event: progress\ndata: {", text, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\",\"progress\":1,\"rowsAdded\":3000", text[text.LastIndexOf("data:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportOfAnotherIsNotFound()
    {
        var import = await Api.ImportAsync(ImportClient.Rows(_name, 1));
        var other = _service.ApiAs(Role.Admin);

        foreach (var path in (string[])["", "/events"])
        {
            using var answer = await other.GetAsync($"/api/imports/{import.Id}{path}", Stop);
            await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound);
        }

        using var cancel = await other.PostAsync($"/api/imports/{import.Id}/cancel", null, Stop);
        await ProblemAssert.IsAsync(cancel, HttpStatusCode.NotFound);
        Assert.Empty((await other.ListImportsAsync("")).Items);
    }

    [Fact]
    public async Task ReaderMayNotImport()
    {
        using var answer = await _service.ApiAs(Role.Reader).PostCsvAsync("name,quantity\na,1");

        await ProblemAssert.IsAsync(answer, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("\n\r\n", "The file is empty.")]
    [InlineData("Lamp,3\n", "The first line must name the columns name, quantity and, if you like, description, with commas, semicolons or tabs between them: there is no column name.")]
    [InlineData("name;quantity,price\na;1", "The first line must name the columns name, quantity and, if you like, description, with commas, semicolons or tabs between them: there is no column name.")]
    [InlineData("\"name,quantity\na,1", "The first line cannot be read: a quote opens here and is not closed as it should be.")]
    public async Task FileThatCannotBeOneIsRefusedAtOnce(string csv, string reason)
    {
        using var answer = await Api.PostCsvAsync(csv);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(reason, problem.GetProperty("errors").GetProperty("file")[0].GetString());
    }

    [Fact]
    public async Task Utf16IsRefused()
    {
        using var answer = await Api.PostCsvAsync(new ByteArrayContent([0xff, 0xfe, .. System.Text.Encoding.Unicode.GetBytes("name,quantity\na,1")]));

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.StartsWith("The file is UTF-16", problem.GetProperty("errors").GetProperty("file")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task OtherContentIsNotTaken(string contentType)
    {
        using var answer = await Api.PostCsvAsync("name,quantity\na,1", contentType: contentType);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task CompressedUploadIsNotTaken()
    {
        var csv = new ByteArrayContent([0x1f, 0x8b]);
        csv.Headers.ContentEncoding.Add("gzip");

        using var answer = await Api.PostCsvAsync(csv);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task UnknownModeIsRefused()
    {
        using var answer = await Api.PostCsvAsync("name,quantity\na,1", "?mode=maybe");

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ImportRefusesWhatTheApiRefuses()
    {
        (string Name, string Quantity)[] rows =
            [("ok", "1"), ("", "1"), (" ", "1"), ("a", "-1"), ("a", "2147483648"), ("a", "2147483647"), (new('n', 200), "0"), (new('n', 201), "0"), ("a", "1.5"), ("\0", "1")];
        foreach (var (name, quantity) in rows)
        {
            var ended = await Api.EndAsync((await Api.ImportAsync($"name,quantity\n\"{name}\",{quantity}")).Id);
            using var answer = await Api.PostRawAsync($$"""{"name":{{System.Text.Json.JsonSerializer.Serialize(name)}},"quantity":{{quantity}}}""");

            Assert.True(answer.IsSuccessStatusCode == (ended.RowsAdded == 1), $"{name} {quantity}: {answer.StatusCode}, {ended.Errors.FirstOrDefault()}");
        }
    }

    private Task<long> CountAsync() => _service.ScalarAsync<long>($"select count(*) from items where name like '{_name}%'");
}
