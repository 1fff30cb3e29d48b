using System.Net;
using System.Text.RegularExpressions;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>Every endpoint times every role. Who may reach an endpoint is decided where it is mapped and written down once more in endpoints.txt.</summary>
public sealed partial class EndpointTests(Service service) : IClassFixture<Service>
{
    private const string Undecided = "NOBODY DECIDED";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string[] Committed => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Accounts", "endpoints.txt"));

    [Fact]
    public async Task EveryEndpointHasADecisionThatIsWrittenDown()
    {
        await using var api = new Process<App>(service.Settings);
        api.Start().Dispose();

        var found = api.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null || Who(endpoint) != "anonymous")
            .SelectMany(Lines).Distinct()
            // The framework's own, which no page uses: the fallback policy is fine for them.
            .Where(line => !line.Contains("/_framework/", StringComparison.Ordinal) && !line.Contains("/{**path:file}", StringComparison.Ordinal))
           .Order(StringComparer.Ordinal).ToArray();

        Assert.True(Committed.SequenceEqual(found), $"endpoints.txt says otherwise than the api, whose lines are now:\n{string.Join('\n', found)}");
        Assert.DoesNotContain(found, line => line.EndsWith(Undecided, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryEndpointLetsInWhomItsLineSaysAndNobodyElse()
    {
        var wrong = new List<string>();
        foreach (var line in Committed.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            foreach (var role in Enum.GetValues<Role>().Cast<Role?>().Append(null))
            {
                var may = line[2] == "anonymous" || (role is { } has && line[2] != "session" && has >= Roles.Parse(line[2]));
                using var answer = await AskAsync(line[0], line[1], role);
                var outcome = Outcome(answer);
                if (outcome != (may ? "in" : role is null ? "sign in" : "forbidden")) wrong.Add($"{line[0]} {line[1]} as {role?.Text() ?? "nobody"}: {outcome}, {(int)answer.StatusCode}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task WhatNobodyDecidedIsForWhoIsSignedIn()
    {
        // One of the framework's own.
        const string undecided = "/_framework/opaque-redirect";

        using var nobody = await AskAsync("GET", undecided, role: null);
        using var reader = await AskAsync("GET", undecided, Role.Reader);

        Assert.Equal(("sign in", "in"), (Outcome(nobody), Outcome(reader)));
    }

    private static string Outcome(HttpResponseMessage answer) => answer switch
    {
        { StatusCode: HttpStatusCode.Unauthorized } => "sign in",
        { StatusCode: HttpStatusCode.Redirect, Headers.Location: { } to } when to.OriginalString.Contains("/sign-in?", StringComparison.Ordinal) => "sign in",
        { StatusCode: HttpStatusCode.Forbidden } => "forbidden",
        _ => "in",
    };

    private static IEnumerable<string> Lines(Microsoft.AspNetCore.Http.Endpoint endpoint)
    {
        var route = Assert.IsType<RouteEndpoint>(endpoint, exactMatch: false);
        var path = "/" + route.RoutePattern.RawText!.Trim('/');
        return (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => $"{method,-6} {path,-45} {Who(endpoint)}");
    }

    private static string Who(Microsoft.AspNetCore.Http.Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? "anonymous"
            : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).LastOrDefault(policy => policy is not null) ?? Undecided;

    // A body of the wrong type is answered before anybody is asked for.
    private async Task<HttpResponseMessage> AskAsync(string method, string path, Role? role)
    {
        var answer = await AskAsync(method, path, role, "application/json");
        if (answer.StatusCode == HttpStatusCode.UnsupportedMediaType) answer = await AskAsync(method, path, role, "application/x-www-form-urlencoded");
        return answer.StatusCode == HttpStatusCode.UnsupportedMediaType ? await AskAsync(method, path, role, "text/csv") : answer;
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string path, Role? role, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Parameter().Replace(path, match => match.Value.Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "x"));
        if (method is "POST" or "PUT" or "PATCH") request.Content = new StringContent("{}", System.Text.Encoding.UTF8, type);
        return await (role is { } has ? service.ApiAs(has) : service.Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    [GeneratedRegex("\\{[^}]+\\}")]
    private static partial Regex Parameter();
}
