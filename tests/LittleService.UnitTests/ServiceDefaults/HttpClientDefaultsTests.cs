using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class HttpClientDefaultsTests : IDisposable
{
    private readonly Remote remote = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARequestThatFailedForAMomentIsSentAgain()
    {
        remote.Responses.Enqueue(HttpStatusCode.ServiceUnavailable);
        await using var service = await StartAsync();

        using var response = await Client(service).GetAsync("https://orders.example/", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, remote.Requested.Count);
    }

    [Fact]
    public async Task TheNameOfAServiceIsResolvedFromTheConfiguration()
    {
        await using var service = await StartAsync(("services:orders:http:0", "http://10.1.2.3:8080"));

        using var response = await Client(service).GetAsync("https+http://orders/items", Cancelled);

        Assert.Equal(new Uri("http://10.1.2.3:8080/items"), Assert.Single(remote.Requested));
    }

    public void Dispose() => remote.Dispose();

    private static HttpClient Client(TestService service) =>
        service.Services.GetRequiredService<IHttpClientFactory>().CreateClient("orders");

    private Task<TestService> StartAsync(params (string Key, string Value)[] settings) => TestService.StartAsync(
        services =>
        {
            services.AddHttpClient("orders").ConfigurePrimaryHttpMessageHandler(() => remote);
            services.ConfigureAll<HttpStandardResilienceOptions>(options => options.Retry.Delay = TimeSpan.Zero);
        },
        settings: settings);

    /// <summary>Another service.</summary>
    private sealed class Remote : HttpMessageHandler
    {
        public Queue<HttpStatusCode> Responses { get; } = [];

        public List<Uri?> Requested { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requested.Add(request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(Responses.TryDequeue(out var status) ? status : HttpStatusCode.OK));
        }
    }
}
