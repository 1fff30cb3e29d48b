using System.Diagnostics;
using System.Net;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests.Accounts;

public sealed class FirstAdminTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WorkerAddsItWhereThereIsNoneAndItLogsIn()
    {
        await _service.ExecuteAsync("delete from accounts");

        _service.StartWorker();
        _service.StartWorker();

        await Eventually.SeeAsync(() => _service.ScalarAsync<long>("select count(*) from accounts"), count => count == 1);
        using var answer = await new Browser(_service.Client).SignInAsync("admin", Service.AdminPassword);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(1, await _service.ScalarAsync<long>("select count(*) from audit where what = 'account.added' and who = 'worker'"));
    }

    [Fact]
    public async Task NoneIsAddedWhereThereIsAnAdminOfAnotherName()
    {
        await _service.ExecuteAsync("update accounts set name = 'chief' where role = 'admin'");

        await Eventually.SeeAsync(() => _service.Worker.GetAsync("/health", Stop), health => health.IsSuccessStatusCode);

        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from accounts where name = 'admin'"));
    }

    [Fact]
    public async Task FirstAdminHasTheNameOfTheSetting()
    {
        await _service.ExecuteAsync("delete from accounts");

        _service.StartWorker(("Accounts:AdminName", "Chief"));

        await Eventually.SeeAsync(() => _service.ScalarAsync<long>("select count(*) from accounts where name = 'chief'"), count => count == 1);
    }

    [Fact]
    public async Task NameThatSomebodyElseHasIsSaid()
    {
        await _service.ExecuteAsync("delete from accounts where role = 'admin'; update accounts set name = 'chief' where role = 'reader'");
        using var logs = new LogLines();

        _service.StartWorker(services => services.AddSingleton<ILoggerProvider>(logs), ("Accounts:AdminName", "chief"));

        await Eventually.SeeAsync(
            () => Task.FromResult(logs.Warnings.Where(line => line.StartsWith("There is no admin", StringComparison.Ordinal)).ToList()),
            lines => lines is [var line] && line.Contains("'chief' is already taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoneIsAddedWhereAccountsOfOurOwnCannotSignIn()
    {
        await _service.ExecuteAsync("delete from accounts");

        var worker = _service.StartWorker(("Accounts:LocalSignIn", "false"), ("Accounts:AdminPassword", ""));
        await Eventually.SeeAsync(() => worker.GetAsync("/health", Stop), health => health.IsSuccessStatusCode);

        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from accounts"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("changeme")]
    [InlineData("change-me-please")]
    [InlineData("password123456")]
    [InlineData("administrator!")]
    public async Task WorkerDoesNotStartWithAMissingOrDefaultPassword(string password)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MigrateAtStart).Assembly.Location, "--urls=http://127.0.0.1:0", .. _service.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), $"--Accounts:AdminPassword={password}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        // One that starts after all must not live on.
        await using var end = TestContext.Current.CancellationToken.Register(() => process.Kill());
        var (said, _) = (await process.StandardError.ReadToEndAsync(CancellationToken.None), await process.StandardOutput.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);

        Assert.Equal(1, process.ExitCode);
        Assert.Matches("^The worker does not start with[^\n]+\\.\n$", said);
        Assert.True(password.Length == 0 || !said.Contains(password, StringComparison.Ordinal));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
