using System.Net;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Admin;

public sealed partial class AdminPagesTests(Service service) : IClassFixture<Service>
{
    private readonly HttpClient _admin = service.ApiAs(Role.Admin);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/admin")]
    [InlineData("/admin/jobs")]
    [InlineData("/admin/jobs?state=completed")]
    [InlineData("/admin/jobs?state=nonsense&kind=a%00b&queue=%F0%9F%98%80&after=00000000-0000-0000-0000-000000000000")]
    [InlineData("/admin/dead-letters?kind=x&since=2026-01-01T00:00")]
    [InlineData("/admin/schedules")]
    [InlineData("/admin/audit?who=nobody&subject=%25")]
    [InlineData("/admin/health")]
    public async Task PageIsShownAndKeptByNobody(string path)
    {
        using var answer = await _admin.GetAsync(path, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task JobShowsItsPayloadItsAttemptsAndItsTrace()
    {
        var id = await service.AddJobAsync("shown", "dead", payload: """{"secret":"none"}""");
        await service.ExecuteAsync($"insert into job_attempts (job_id, token, kind, outcome, error) values ('{id}', 1, 'shown', 'timed out', 'too <slow>')");

        var page = WebUtility.HtmlDecode(await _admin.GetStringAsync($"/admin/jobs/{id}", Stop));

        Assert.Contains("""{"secret":"none"}""", page, StringComparison.Ordinal);
        Assert.Contains("timed out", page, StringComparison.Ordinal);
        Assert.Contains("too <slow>", page, StringComparison.Ordinal);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScheduleThatCannotBeReadHidesNoOther()
    {
        await service.ExecuteAsync(
            """
            insert into job_schedules (name, definition, since, seen_at) values ('marsian', '0 3 * * * Mars/Olympus', now(), now()),
              ('plain', '0 3 * * * UTC', now(), now()), ('forgotten', '0 3 * * * UTC', now(), now() - interval '1 day')
            """);

        var page = WebUtility.HtmlDecode(await _admin.GetStringAsync("/admin/schedules", Stop));

        Assert.Contains("cannot be told here: this machine knows no time zone 'Mars/Olympus'", page, StringComparison.Ordinal);
        Assert.Matches(@"plain</th>\s*<td><code>0 3 \* \* \* UTC</code></td>\s*<td>\s*<time", page);
        Assert.Matches(@"forgotten</th>\s*<td>.*</td>\s*<td>\s*no worker has run it since", page);
    }

    [Fact]
    public async Task SensitivePayloadIsNeverShown()
    {
        var id = await service.AddJobAsync("hidden", "dead", payload: "hunter2", sensitive: true);

        var page = await _admin.GetStringAsync($"/admin/jobs/{id}", Stop);

        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.Contains("It is sensitive", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JobThatIsNotThereIsNotFound()
    {
        using var answer = await _admin.GetAsync($"/admin/jobs/{Guid.CreateVersion7()}", Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task SearchForAnIdLeadsToTheJob()
    {
        using var answer = await _admin.GetAsync("/admin/jobs?search=0190f0c0-0000-7000-8000-000000000001", Stop);

        Assert.EndsWith("/admin/jobs/0190f0c0-0000-7000-8000-000000000001", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadJobIsReplayedAndTheAuditSaysWho()
    {
        var id = await service.AddJobAsync("replayed", "dead");

        var page = await ActAsync($"/admin/jobs/{id}", $"/admin/jobs/{id}/replay");

        Assert.Contains("One job was put back", page, StringComparison.Ordinal);
        Assert.Equal("scheduled", await StateAsync(id));
        Assert.Matches($"<td>admin</td>\\s*<td>replay</td>\\s*<td class=\"clip\"><code>[^<]*{id}", await _admin.GetStringAsync($"/admin/audit?who=admin&subject={id}", Stop));
    }

    [Fact]
    public async Task WaitingJobIsCancelledOnce()
    {
        var id = await service.AddJobAsync("unwanted", "scheduled");

        Assert.Contains("The job is cancelled", await ActAsync($"/admin/jobs/{id}", $"/admin/jobs/{id}/cancel"), StringComparison.Ordinal);
        Assert.Equal("cancelled", await StateAsync(id));
        Assert.Contains("had ended before", await ActAsync("/admin", $"/admin/jobs/{id}/cancel"), StringComparison.Ordinal);
        Assert.Equal(1, await service.ScalarAsync<long>($"select count(*) from job_audit where action = 'cancel' and detail = '{id}' and actor = 'admin'"));
    }

    [Fact]
    public async Task QueueIsPausedAndResumed()
    {
        var queue = $"queue-{Guid.NewGuid():N}";

        Assert.Contains($"/admin/queues/{queue}/resume", await ActAsync("/admin", $"/admin/queues/{queue}/pause"), StringComparison.Ordinal);
        Assert.DoesNotContain(queue, await ActAsync("/admin", $"/admin/queues/{queue}/resume"), StringComparison.Ordinal);
        Assert.Equal(2, await service.ScalarAsync<long>($"select count(*) from job_audit where detail = '{queue}' and actor = 'admin'"));
    }

    [Fact]
    public async Task DeadLettersAreCountedFirstAndReplayedByTheSameFilter()
    {
        var kind = $"letters-{Guid.NewGuid():N}";
        for (var n = 0; n < 3; n++) await service.AddJobAsync(kind, "dead");
        var other = await service.AddJobAsync("other", "dead");

        Assert.Contains("3 jobs would be replayed", await _admin.GetStringAsync($"/admin/dead-letters?kind={kind}", Stop), StringComparison.Ordinal);
        var page = await ActAsync("/admin", "/admin/dead-letters/replay", new("kind", kind), new("state", ""), new("since", ""));

        Assert.Contains("3 jobs were put back", page, StringComparison.Ordinal);
        Assert.Equal(3, await service.ScalarAsync<long>($"select count(*) from jobs where kind = '{kind}' and state = 'scheduled'"));
        Assert.Equal("dead", await StateAsync(other));
    }

    [Theory]
    [InlineData("/admin/jobs/0190f0c0-0000-7000-8000-000000000001/replay")]
    [InlineData("/admin/jobs/0190f0c0-0000-7000-8000-000000000001/cancel")]
    [InlineData("/admin/queues/default/pause")]
    [InlineData("/admin/queues/default/resume")]
    [InlineData("/admin/dead-letters/replay")]
    public async Task FormWithoutItsTokenDoesNothing(string path)
    {
        using var content = new FormUrlEncodedContent([new("kind", "any")]);

        using var answer = await _admin.PostAsync(path, content, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("since", "yesterday")]
    public async Task ReplayOfAFilterThatCannotBeReadReplaysNothing(string field, string value)
    {
        var id = await service.AddJobAsync("kept", "dead");

        using var answer = await PostAsync("/admin", "/admin/dead-letters/replay", [new(field, value)]);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal("dead", await StateAsync(id));
    }

    [Fact]
    public async Task ProcessTellsHowItIs() =>
        await Eventually.SeeAsync(
            () => _admin.GetStringAsync("/admin/health", Stop),
            page => page.Contains("LittleService.Api", StringComparison.Ordinal) && page.Contains("postgres", StringComparison.Ordinal));

    private Task<string> StateAsync(Guid id) => service.ScalarAsync<string>($"select state from jobs where id = '{id}'");

    // Sends a form with the token of a page, and reads the page that it leads to.
    private async Task<string> ActAsync(string page, string action, params KeyValuePair<string, string>[] fields)
    {
        using var answer = await PostAsync(page, action, fields);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(Stop));
        return await _admin.GetStringAsync(answer.Headers.Location, Stop);
    }

    private async Task<HttpResponseMessage> PostAsync(string page, string action, params KeyValuePair<string, string>[] fields)
    {
        var token = Token().Match(await _admin.GetStringAsync(page, Stop)).Groups[1].Value;
        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields]);
        return await _admin.PostAsync(action, content, Stop);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
