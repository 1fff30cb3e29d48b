using System.Net;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Accounts;

public sealed partial class AccountsPageTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    [Fact]
    public async Task AdminAddsAnAccountThatSignsInWithTheShownPassword()
    {
        var (admin, who) = await _service.SignInAsync(Role.Admin);
        var name = $"new-{Guid.NewGuid():N}";

        var page = await admin.PostedAsync("/admin/accounts", "add-account", ("Form.Name", name.ToUpperInvariant()), ("Form.Role", "writer"), ("Form.Password", People.Password));

        var browser = new Browser(_service.Client);
        using var answer = await browser.SignInAsync(name, MadePassword().Match(page).Groups[1].Value);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await ChoosesAnotherAsync(browser, MadePassword().Match(page).Groups[1].Value);
        Assert.DoesNotContain("made-password", await admin.PageAsync("/admin/accounts"), StringComparison.Ordinal);
        Assert.Equal($"{name}, writer", await _service.ScalarAsync<string>($"select details from audit where what = 'account.added' and who = '{who}'"));
    }

    [Theory]
    [InlineData("", "reader")]
    [InlineData("<script>", "reader")]
    [InlineData("writer", "reader")]
    [InlineData("fine", "root")]
    [InlineData("a\nb", "reader")]
    public async Task BadAccountIsRefused(string name, string role)
    {
        var (admin, _) = await _service.SignInAsync(Role.Admin);

        using var answer = await admin.PostAsync("/admin/accounts", "add-account", ("Form.Name", name), ("Form.Role", role), ("Form.Password", People.Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from audit where what = 'account.added'"));
    }

    [Fact]
    public async Task SessionOfAnAdminAloneChangesNobody()
    {
        var (admin, _) = await _service.SignInAsync(Role.Admin);
        var (browser, name) = await _service.SignInAsync();

        var answers = new List<string>
        {
            await admin.PostedAsync("/admin/accounts", "add-account", ("Form.Name", "mine"), ("Form.Role", "admin"), ("Form.Password", "not the password")),
        };
        foreach (var change in (string[])["role", "state", "reset"])
            answers.Add(await admin.ChangeAccountAsync(await IdAsync(name), change, "admin", "not the password"));

        Assert.All(answers, answer => Assert.Contains("The password or the code is wrong.", answer, StringComparison.Ordinal));
        Assert.Equal(name, await browser.NameAsync());
        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from audit where what like 'account.%'"));
    }

    [Fact]
    public async Task WhatIsNoChangeOrNoAccountIsSaidSo()
    {
        var (admin, name) = await _service.SignInAsync(Role.Admin);
        var id = await IdAsync(name);

        using var nobody = await admin.GetAsync($"/admin/accounts/{Guid.NewGuid()}");

        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        Assert.Contains("Choose what to change.", await admin.ChangeAccountAsync(id, "nothing"), StringComparison.Ordinal);
        Assert.Contains("Choose what to change.", await admin.ChangeAccountAsync(id, "role", "root"), StringComparison.Ordinal);
        Assert.Contains("Change your own password at /account", await admin.ChangeAccountAsync(id, "reset"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetEndsAllThatCouldActForTheAccountAndGivesANewPassword()
    {
        var (admin, _) = await _service.SignInAsync(Role.Admin);
        var (browser, name) = await _service.SignInAsync();
        await _service.ExecuteAsync($"update accounts set totp_secret = 'lost' where name = '{name}'");
        await _service.ExecuteAsync($"insert into passkeys values ('p', (select id from accounts where name = '{name}'), 'Phone', '', 0, '{{}}', true, true, true, '', '', now())");
        var key = await _service.AddKeyAsync(name);

        var page = await admin.ChangeAccountAsync(await IdAsync(name), "reset");

        Assert.Null(await browser.NameAsync());
        using var old = await browser.SignInAsync(name, People.Password);
        using var now = await browser.SignInAsync(name, MadePassword().Match(page).Groups[1].Value);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Redirect), (old.StatusCode, now.StatusCode));
        await ChoosesAnotherAsync(browser, MadePassword().Match(page).Groups[1].Value);
        using var byKey = await key.GetAsync("/api/session", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, byKey.StatusCode);
        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from passkeys"));
        Assert.Equal(1, await _service.ScalarAsync<long>($"select count(*) from audit where what = 'account.reset' and subject = '{await IdAsync(name)}'"));
    }

    [Fact]
    public async Task TemporaryPasswordOpensNothingOnPagesForEverybodyEither()
    {
        var (browser, name) = await _service.SignInAsync(Role.Writer);
        var before = await browser.PageAsync("/items");

        await _service.ExecuteAsync($"update accounts set password_temporary = true where name = '{name}'");
        var after = await browser.PageAsync("/items");
        using var signedOut = await browser.PostSignOutAsync();

        Assert.Contains("/items/new", before, StringComparison.Ordinal);
        Assert.DoesNotContain("/items/new", after, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        Assert.DoesNotContain("__Host-session", browser.Cookies.Keys);
    }

    [Fact]
    public async Task LastAdminStays()
    {
        await _service.ExecuteAsync("update accounts set role = 'reader' where role = 'admin'");
        var (admin, name) = await _service.SignInAsync(Role.Admin);

        var demoted = await admin.ChangeAccountAsync(await IdAsync(name), "role");
        var disabled = await admin.ChangeAccountAsync(await IdAsync(name), "state");

        Assert.Contains("The last admin stays one.", demoted, StringComparison.Ordinal);
        Assert.Contains("The last admin stays one.", disabled, StringComparison.Ordinal);
        Assert.Equal(name, await admin.NameAsync());
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    // A password that an admin has seen opens one page.
    private static async Task ChoosesAnotherAsync(Browser browser, string password)
    {
        using var keys = await browser.GetAsync("/keys");
        using var session = await browser.GetAsync("/api/session");
        Assert.Equal("/account", keys.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Forbidden, session.StatusCode);
        var changed = await browser.PostedAsync("/account", "password", ("Form.Password", password), ("Form.New", "Glacier-Pickle-Orbit-7"));
        Assert.Contains("Your password is changed", changed, StringComparison.Ordinal);
        Assert.Contains("Your keys", await browser.PageAsync("/keys"), StringComparison.Ordinal);
    }

    private Task<Guid> IdAsync(string name) => _service.ScalarAsync<Guid>($"select id from accounts where name = '{name}'");

    [GeneratedRegex("id=\"made-password\">([A-Za-z0-9]{24})<")]
    private static partial Regex MadePassword();
}
