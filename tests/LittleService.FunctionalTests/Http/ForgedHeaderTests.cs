using System.Net;
using LittleService.FunctionalTests.Accounts;

namespace LittleService.FunctionalTests.Http;

/// <summary>Nobody is believed who says for whom, for which host and over which scheme a request came: only a proxy that the host was told to trust is.</summary>
public sealed class ForgedHeaderTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task GuessesOfOneAddressAreCountedWhateverItClaimsToBe()
    {
        var name = await service.AddPersonAsync();
        for (var guess = 0; guess < 5; guess++) (await Forger(guess).SignInAsync(name, "wrong password")).Dispose();

        using var slowed = await Forger(5).SignInAsync(name, People.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
    }

    [Fact]
    public async Task ForgedHostAndSchemeLeadNowhere()
    {
        using var answer = await Forger(0).GetAsync("/keys");

        Assert.Equal(service.Client.BaseAddress!.Authority, new Uri(service.Client.BaseAddress, answer.Headers.Location!).Authority);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    private Browser Forger(int number) => new(service.Client)
    {
        Headers =
        {
            ["X-Forwarded-For"] = $"10.0.0.{number}", ["Forwarded"] = $"for=10.0.0.{number};host=evil.example;proto=https", ["X-Real-IP"] = $"10.0.0.{number}",
            ["X-Forwarded-Host"] = "evil.example", ["X-Forwarded-Proto"] = "https", ["X-Original-Host"] = "evil.example",
        },
    };
}
