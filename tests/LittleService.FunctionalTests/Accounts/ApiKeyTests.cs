using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LittleService.Api.Accounts;
using LittleService.Data.Accounts;
using LittleService.Jobs.Testing;

namespace LittleService.FunctionalTests.Accounts;

public sealed class ApiKeyTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyIsShownOnceAndKeptAsAHash()
    {
        var (id, key) = await AddAsync(service.Writer, Policies.Reader);

        var list = await service.Writer.GetStringAsync("/api/keys", Stop);
        Assert.StartsWith($"ls_{id}_", key, StringComparison.Ordinal);
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_')[2], list, StringComparison.Ordinal);
        Assert.True(await service.ScalarAsync<bool>($"select position('{key.Split('_')[2]}' in k::text) = 0 and secret_hash = sha256('{key.Split('_')[2]}') from api_keys k where id = '{id}'"));
        Assert.Equal("writer", await service.ScalarAsync<string>($"select who from audit where what = 'key.added' and subject = '{id}'"));
    }

    [Fact]
    public async Task KeyMayDoWhatItsRoleSaysAndNoMoreThanItsOwner()
    {
        var reader = With((await AddAsync(service.Writer, Policies.Reader)).Key);
        var writer = With((await AddAsync(service.Writer, Policies.Writer)).Key);

        Assert.Equal(HttpStatusCode.Forbidden, await PostItemAsync(reader));
        Assert.Equal(HttpStatusCode.Created, await PostItemAsync(writer));
        using var more = await service.Writer.PostAsJsonAsync("/api/keys", new { name = "more", role = Policies.Admin }, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, more.StatusCode);
    }

    [Fact]
    public async Task OfManyKeysAtOnceEachIsAnsweredForItself()
    {
        var (_, reader) = await AddAsync(service.Writer, Policies.Reader);
        var (_, writer) = await AddAsync(service.Writer, Policies.Writer);
        (string Key, HttpStatusCode Answer)[] kinds = [(reader, HttpStatusCode.Forbidden), (writer, HttpStatusCode.Created), ($"{writer}x", HttpStatusCode.Unauthorized)];
        var asked = Enumerable.Range(0, 60).Select(number => kinds[number % kinds.Length]).ToList();

        var answers = await Task.WhenAll(asked.Select(each => PostItemAsync(With(each.Key))));

        Assert.Equal(asked.Select(each => each.Answer), answers);
    }

    [Fact]
    public async Task RevokedKeyIsRefusedAtOnceByEveryReplica()
    {
        var other = service.StartApi();
        var (id, key) = await AddAsync(service.Writer, Policies.Writer);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(With(key)), await StatusAsync(With(key, other))));

        using var revoked = await service.Writer.DeleteAsync($"/api/keys/{id}", Stop);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await StatusAsync(With(key)), await StatusAsync(With(key, other))));
    }

    [Fact]
    public async Task RotatedKeyHasANewSecretAndTheOldOneIsOver()
    {
        var (id, key) = await AddAsync(service.Writer, Policies.Writer);

        using var answer = await service.Writer.PostAsync($"/api/keys/{id}/rotate", null, Stop);
        var rotated = (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("key").GetString()!;

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(With(key)), await StatusAsync(With(rotated))));
    }

    [Fact]
    public async Task KeyOfAnotherIsNotFound()
    {
        var (id, key) = await AddAsync(service.Writer, Policies.Writer);

        using var revoked = await service.ApiAs(Role.Admin).DeleteAsync($"/api/keys/{id}", Stop);
        using var rotated = await service.ApiAs(Role.Admin).PostAsync($"/api/keys/{id}/rotate", null, Stop);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (revoked.StatusCode, rotated.StatusCode));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(With(key)));
    }

    [Fact]
    public async Task KeyEndsOnItsDayAndGivesNoMoreTimeThanItHas()
    {
        var clock = new JobClock();
        var api = service.StartApi(clock).As(Role.Writer);
        var key = With((await AddAsync(api, Policies.Writer, days: 2)).Key, api);
        var child = With((await AddAsync(key, Policies.Writer, days: 300)).Key, api);

        clock.Advance(TimeSpan.FromDays(1.9));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(key), await StatusAsync(child)));
        clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await StatusAsync(key), await StatusAsync(child)));
    }

    [Fact]
    public async Task OwnersRoleAndDisableHoldForTheKeyAtOnce()
    {
        var name = await service.AddPersonAsync(Role.Writer);
        await service.ExecuteAsync(
            $"""
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
            select 'k' || substr(name, 8), id, 'k', 'writer', sha256('{new string('s', 40)}'), now(), now() + interval '1 day' from accounts where name = '{name}'
            """);
        var key = With($"ls_k{name[7..]}_{new string('s', 40)}");
        Assert.Equal(HttpStatusCode.Created, await PostItemAsync(key));

        await service.ExecuteAsync($"update accounts set role = 'reader' where name = '{name}'");
        Assert.Equal(HttpStatusCode.Forbidden, await PostItemAsync(key));
        await service.ExecuteAsync($"update accounts set disabled_at = now() where name = '{name}'");
        Assert.Equal(HttpStatusCode.Unauthorized, await PostItemAsync(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ls_writer_")]
    [InlineData("ls_writer_wrongOfTheTestsSecretOfTheTests")]
    [InlineData("ls_nobody_secretOfTheTestsSecretOfTheTests")]
    [InlineData("LS_writer_secretOfTheTestsSecretOfTheTests")]
    [InlineData("ls_wri'ter_secret")]
    [InlineData("ls__")]
    [InlineData("ls_writer_secretOfTheTestsSecretOfTheTests_more")]
    public async Task WhatIsNoKeyIsRefused(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");

        using var answer = await service.Client.SendAsync(request, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"name":"a","role":"root"}""")]
    [InlineData("""{"name":"a","days":0}""")]
    [InlineData("""{"name":"a","days":366}""")]
    [InlineData("""{}""")]
    public async Task BadKeyIsRefused(string body)
    {
        using var answer = await service.Writer.PostAsync("/api/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task LastUseIsNoted()
    {
        var (id, key) = await AddAsync(service.Writer, Policies.Reader);

        await StatusAsync(With(key));

        Assert.True(await service.ScalarAsync<bool>($"select used_at is not null from api_keys where id = '{id}'"));
    }

    [Fact]
    public async Task PageMakesShowsAndRevokesAKey()
    {
        var (browser, _) = await service.SignInAsync(Role.Writer);

        var made = await browser.PostedAsync("/keys", "add-key", ("Form.Name", "<b>Backup</b>"), ("Form.Role", "writer"), ("Form.Days", "30"));
        var key = System.Text.RegularExpressions.Regex.Match(made, "id=\"key\">(ls_[a-z0-9]+_[A-Za-z0-9]+)<").Groups[1].Value;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(With(key)));
        Assert.DoesNotContain("<b>Backup", made, StringComparison.Ordinal);
        Assert.DoesNotContain(key, await browser.PageAsync("/keys"), StringComparison.Ordinal);

        var tooMuch = await browser.PostedAsync("/keys", "add-key", ("Form.Name", "root"), ("Form.Role", "admin"), ("Form.Days", "30"));
        Assert.Equal("writer", await service.ScalarAsync<string>("select role from api_keys where name = 'root'"));
        Assert.Contains("root", tooMuch, StringComparison.Ordinal);

        await browser.PostedAsync("/keys", $"revoke-{key.Split('_')[1]}");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(With(key)));
    }

    private static async Task<(string Id, string Key)> AddAsync(HttpClient api, string role, int days = 30)
    {
        using var answer = await api.PostAsJsonAsync("/api/keys", new { name = "test", role, days }, Stop);
        var made = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api)
    {
        using var answer = await api.GetAsync("/api/session", Stop);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PostItemAsync(HttpClient api)
    {
        using var answer = await api.PostAsJsonAsync("/api/items", new { name = "By key", quantity = 1 }, Stop);
        return answer.StatusCode;
    }

    private HttpClient With(string key, HttpClient? api = null) =>
        new() { BaseAddress = (api ?? service.Client).BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
}
