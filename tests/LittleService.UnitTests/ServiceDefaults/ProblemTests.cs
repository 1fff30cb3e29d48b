using System.Net;
using System.Text;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class ProblemTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task AnUnknownFaultIs500AndSaysNothing(string environment)
    {
        await using var service = await TestService.StartAsync(
            map: app => app.MapGet("/", Ok () => throw new InvalidOperationException("Password=secret")), environment: environment);

        var response = await service.Client.GetAsync("/", Cancelled);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await TestService.ProblemAsync(response);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperation", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAddedRowIsAskedFirst()
    {
        await using var service = await TestService.StartAsync(
            services => services.AddProblem(fault =>
                fault is TimeoutException ? new Problem(503, "The database is away.", TimeSpan.FromSeconds(2.5)) : null),
            app => app.MapGet("/", Ok () => throw new TimeoutException()));

        var response = await service.Client.GetAsync("/", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        Assert.Equal("The database is away.", (await TestService.ProblemAsync(response)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task AProblemThatCannotBeShownAsAskedForIsAnsweredAllTheSame()
    {
        await using var service = await TestService.StartAsync(
            services => services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, BrokenWriter>()),
            app => app.MapGet("/", Ok () => throw new TimeoutException()));

        var fault = await service.Client.GetAsync("/", Cancelled);
        var nowhere = await service.Client.GetAsync("/nowhere", Cancelled);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError), (fault.StatusCode, nowhere.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), fault.Headers.RetryAfter?.Delta);
        Assert.False(fault.Headers.Contains("X-Left-Over"));
        await TestService.ProblemAsync(fault);
        await TestService.ProblemAsync(nowhere);
    }

    [Theory]
    [InlineData("{\"quantity\":\"many\"}", "The body could not be read at $.quantity.")]
    [InlineData("{\"quantity\":", "The body could not be read at $.quantity.")]
    [InlineData("nonsense", "The body is not valid JSON.")]
    public async Task AnUnreadableBodyIs400AndSaysWhere(string body, string said)
    {
        await using var service = await StartShopAsync();

        var response = await service.Client.PostAsync("/items", new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await TestService.ProblemAsync(response);
        Assert.Equal(said, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task AParameterThatCannotBeReadIsNamed()
    {
        await using var service = await TestService.StartAsync(services => services.AddValidation(), app => app.MapGet("/", (int many, DateTimeOffset? from) => $"{many} {from}"));

        var problem = await TestService.ProblemAsync(await service.Client.GetAsync("/?many=ten", Cancelled));
        var other = await TestService.ProblemAsync(await service.Client.GetAsync("/?many=1&from=yesterday", Cancelled));

        Assert.Equal("The parameter many cannot be read.", problem.GetProperty("detail").GetString());
        Assert.True(other.GetProperty("errors").TryGetProperty("from", out _), other.ToString());
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/items", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/items", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "/items/none", HttpStatusCode.NotFound)]
    public async Task ErrorsWithoutABodyGetOne(string method, string path, HttpStatusCode expected)
    {
        await using var service = await StartShopAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Accept", "text/plain");
        request.Content = method == "POST" ? new StringContent("text") : null;

        var response = await service.Client.SendAsync(request, Cancelled);

        Assert.Equal(expected, response.StatusCode);
        await TestService.ProblemAsync(response);
    }

    [Fact]
    public async Task TheTraceIdIsTheOneOfTheCaller()
    {
        await using var service = await TestService.StartAsync(settings: TestService.ExportToNobody);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var problem = await TestService.ProblemAsync(await service.Client.SendAsync(request, Cancelled));

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", problem.GetProperty("traceId").GetString());
    }

    private static Task<TestService> StartShopAsync() => TestService.StartAsync(map: app =>
    {
        app.MapPost("/items", (Item item) => item);
        app.MapGet("/items/none", () => TypedResults.NotFound());
    });

    private sealed record Item(int Quantity);

    private sealed class BrokenWriter : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            context.HttpContext.Response.Headers["X-Left-Over"] = "of a page that broke off";
            throw new InvalidOperationException("A page needs what is away.");
        }
    }
}
