using System.Net;
using System.Text;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.Data.Migrations;
using LittleService.FunctionalTests.Accounts;
using LittleService.Jobs.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LittleService.FunctionalTests.Migrations;

/// <summary>A database of before ASP.NET Core Identity, with an account that has all an account could have then.</summary>
public sealed class AccountUpgradeTests(Servers servers) : IAsyncLifetime
{
    private const int LastBefore = 16;

    // Made by the code of then, for "Marmot-Quilt-Tundra-42".
    private const string Hash = "AQAAAAIAAzRQAAAAEIJQNVxKDOQUserj9X+Bwq+KAdpNbHiB9bFMEIOzR43oKzdCiWjlREKI4gThB5sJvg==";

    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AccountGoesOnWithItsPasswordRoleKeysAndSecondFactor()
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        await _service.ExecuteAsync("drop schema public cascade; create schema public");
        await MigrateAsync(before: true);
        await using (var api = new Process<App>(_service.Settings))
        {
            api.Start().Dispose();
            var encrypted = api.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("LittleService.Accounts.Totp").Protect(secret);
            await AddAsync(Convert.ToHexString(encrypted));
        }

        await MigrateAsync(before: false);

        using var key = new HttpClient { BaseAddress = _service.Client.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", "ls_old_secret") } };
        Assert.Equal("""{"name":"old","role":"admin","csrf":null}""", await key.GetStringAsync("/api/session", Stop));
        foreach (var code in (string[])[Totp.Code(secret, DateTimeOffset.UtcNow), "12345 12345 12345 12345"])
        {
            var browser = new Browser(_service.Client);
            using var answer = await browser.SignInAsync("old", People.Password, code);
            Assert.Equal("old", await browser.NameAsync());
            using var admin = await browser.GetAsync("/admin/accounts");
            Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
        }

        using var without = await new Browser(_service.Client).SignInAsync("old", People.Password);
        Assert.EndsWith("/sign-in/code", without.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(Hash, await _service.ScalarAsync<string>("select password_hash from accounts where name = 'old'"));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private Task<IReadOnlyList<Migration>> MigrateAsync(bool before) => new Migrator(
        _service.Database, NullLogger<Migrator>.Instance,
        [.. Schema.Migrations.Where(migration => !before || migration.Set != "data" || migration.Number <= LastBefore)]).MigrateAsync(Stop);

    private Task AddAsync(string secret) => _service.ExecuteAsync(
        $"""
        insert into accounts (id, name, role, password_hash, totp_secret, recovery_codes, created_at)
          values (gen_random_uuid(), 'old', 'admin', '{Hash}', '\x{secret}', array[sha256('12345123451234512345')], now());
        insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
          select 'old', id, 'old', 'admin', sha256('secret'), now(), now() + interval '1 day' from accounts where name = 'old';
        """);
}
