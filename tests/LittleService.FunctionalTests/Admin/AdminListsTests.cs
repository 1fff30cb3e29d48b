using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Admin;

public sealed class AdminListsTests(Service service) : IClassFixture<Service>
{
    private const string Markup = "<script>alert(1)</script><img src=x onerror=alert(1)>";

    private readonly HttpClient _admin = service.ApiAs(Role.Admin);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("state=dead&kind=KIND-a", "dead-one")]
    [InlineData("kind=KIND-a", "dead-one", "scheduled-one", "scheduled-two")]
    [InlineData("state=scheduled&queue=QUEUE-b", "scheduled-two", "scheduled-three")]
    [InlineData("search=KIND-b", "scheduled-three")]
    [InlineData("state=completed&kind=KIND-a", "completed-one")]
    [InlineData("state=completed&kind=KIND-none")]
    public async Task JobsAreFoundByStateQueueAndKind(string query, params string[] expected)
    {
        var (kind, queue) = ($"kind-{Guid.NewGuid():N}", $"queue-{Guid.NewGuid():N}");
        var jobs = new Dictionary<string, Guid>
        {
            ["dead-one"] = await service.AddJobAsync($"{kind}-a", "dead", queue: $"{queue}-a"),
            ["scheduled-one"] = await service.AddJobAsync($"{kind}-a", "scheduled", queue: $"{queue}-a"),
            ["scheduled-two"] = await service.AddJobAsync($"{kind}-a", "scheduled", queue: $"{queue}-b"),
            ["scheduled-three"] = await service.AddJobAsync($"{kind}-b", "scheduled", queue: $"{queue}-b"),
            ["completed-one"] = Guid.CreateVersion7(),
        };
        await service.ExecuteAsync($"insert into job_completions (queue, kind, worker, ids, attempts, milliseconds) values ('{queue}-a', '{kind}-a', 'worker', array['{jobs["completed-one"]}'::uuid], '{{1}}', '{{1}}')");

        var page = await _admin.GetStringAsync($"/admin/jobs?{query.Replace("KIND", kind, StringComparison.Ordinal).Replace("QUEUE", queue, StringComparison.Ordinal)}", Stop);

        Assert.Equal(expected.Order(), jobs.Where(job => page.Contains($"/admin/jobs/{job.Value}", StringComparison.Ordinal)).Select(job => job.Key).Order());
    }

    [Fact]
    public async Task OverviewCountsJobsByStateQueueAndKind()
    {
        var kind = $"counted-{Guid.NewGuid():N}";
        for (var n = 0; n < 3; n++) await service.AddJobAsync(kind, "scheduled", queue: $"queue-of-{kind}");
        await service.AddJobAsync("of another queue", "scheduled");

        var rows = (await _admin.GetStringAsync("/admin", Stop)).Split("<tr>");

        var ofKind = Assert.Single(rows, row => row.Contains($">{kind}</a>", StringComparison.Ordinal));
        Assert.Contains($"href=\"/admin/jobs?state=scheduled&amp;kind={kind}&amp;queue=queue-of-{kind}\"", ofKind, StringComparison.Ordinal);
        Assert.Matches($"(?s)<td>queue-of-{kind}</td>.*scheduled.*<td class=\"number\">3</td>", ofKind);
        var ofQueue = Assert.Single(rows, row => row.Contains($">queue-of-{kind}</a>", StringComparison.Ordinal));
        Assert.Matches("(?s)<td class=\"number\">3</td>.*<td class=\"number\">0</td>", ofQueue);
    }

    [Fact]
    public async Task ScheduleShowsItsNextAndItsLastTime()
    {
        var (name, job) = ($"schedule-{Guid.NewGuid():N}", Guid.CreateVersion7());
        await service.ExecuteAsync($"insert into job_schedules values ('{name}', '30 4 29 2 * UTC', now())");
        await service.ExecuteAsync($"insert into job_ticks (schedule, due_at, outcome, job_id) values ('{name}', '2024-02-29 04:30Z', 'enqueued', '{job}')");

        var row = (await _admin.GetStringAsync("/admin/schedules", Stop)).Split($"<th scope=\"row\">{name}</th>")[1].Split("</tr>")[0];

        Assert.Contains("<code>30 4 29 2 * UTC</code>", row, StringComparison.Ordinal);
        Assert.Matches("(?s)<time[^>]*>(?!2024)20[0-9]{2}-02-29 04:30:00</time>.*<time[^>]*>2024-02-29 04:30:00</time>.*enqueued", row);
        Assert.Contains($"/admin/jobs/{job}", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditShowsWhoChangedWhatAndWhen()
    {
        var (item, other) = (await service.Writer.AddAsync("Audited"), await service.Writer.AddAsync("Not asked for"));

        var page = await _admin.GetStringAsync($"/admin/audit?who=writer&subject={item.Id}", Stop);

        Assert.Matches($"(?s)<time datetime=\"20[^<]*</time></td>\\s*<td>writer</td>\\s*<td>item.created</td>\\s*<td class=\"id\"><code>{item.Id}</code>.*<code>[0-9a-f]{{32}}</code>", page);
        Assert.DoesNotContain($"{other.Id}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("item.created", await _admin.GetStringAsync($"/admin/audit?who=reader&subject={item.Id}", Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("now() - interval '1 minute'", "false", "silent")]
    [InlineData("now()", "true", "draining")]
    [InlineData("now()", "false", "running")]
    public async Task HealthTellsWhoIsSilentOrDraining(string heard, string draining, string state)
    {
        var name = $"Service-{Guid.NewGuid():N}";
        await service.ExecuteAsync($"insert into process_reports (id, service, process, heard_at, draining, dependencies) values (gen_random_uuid(), '{name}', 'host:1', {heard}, {draining}, '[]')");

        Assert.Matches($"<h2>{name} <span class=\"badge [a-z]+\">{state}</span>", await _admin.GetStringAsync("/admin/health", Stop));
    }

    [Fact]
    public async Task NothingThatOthersWroteIsMarkup()
    {
        var id = await service.AddJobAsync(Markup, "dead", payload: Markup, queue: Markup, reason: Markup);
        await ExecuteAsync(
            $$"""
            insert into job_attempts (job_id, token, kind, outcome, worker, error) values ('{{id}}', 1, $1, 'failed', $1, $1);
            insert into job_completions (queue, kind, worker, ids, attempts, milliseconds) values ($1, $1, $1, array[gen_random_uuid()], '{1}', '{1}');
            insert into job_queues (queue, paused_at) values ($1, now());
            insert into job_audit (actor, action, detail, jobs) values ($1, $1, $1, 1);
            insert into audit (id, who, what, subject, details, trace) values (gen_random_uuid(), $1, $1, $1, $1, $1);
            insert into job_schedules values ($1, '* * * * * UTC', now());
            insert into process_reports (id, service, process, draining, dependencies)
              values (gen_random_uuid(), $1, $1, false, jsonb_build_array(jsonb_build_object('name', $1, 'status', 'Healthy', 'description', $1, 'since', now())));
            """);

        foreach (var path in (string[])["", "/jobs", "/jobs?state=completed", $"/jobs/{id}", "/dead-letters", "/schedules", "/audit", "/health", $"/audit?who={Uri.EscapeDataString(Markup)}"])
        {
            using var answer = await _admin.GetAsync($"/admin{path}", Stop);
            var page = await answer.Content.ReadAsStringAsync(Stop);

            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
            Assert.True(WebUtility.HtmlDecode(page).Contains(Markup, StringComparison.Ordinal), $"{path} does not show it");
            Assert.Contains("script-src 'self'", string.Concat(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    private async Task ExecuteAsync(string statements)
    {
        foreach (var statement in statements.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await using var command = service.Database.CreateCommand(statement.Replace("$1", "$1::text", StringComparison.Ordinal));
            command.Parameters.Add(new() { Value = Markup });
            await command.ExecuteNonQueryAsync(Stop);
        }
    }
}
