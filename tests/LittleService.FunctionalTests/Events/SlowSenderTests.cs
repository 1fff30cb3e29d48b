using System.Net;
using LittleService.FunctionalTests.Http;

namespace LittleService.FunctionalTests.Events;

/// <summary>Whoever sends slowly holds only what has arrived, and not for long.</summary>
public sealed class SlowSenderTests(Service service) : IClassFixture<Service>
{
    private const string Json = "Content-Type: application/json\r\n";

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000)]
    public async Task SlowBodiesLeaveRoomForOthers(int? length)
    {
        using var api = service.StartApi(("Events:Waiting", "8"));
        var slow = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SlowBody.BeginAsync(api, "/api/events", Json, length)));

        for (var i = 0; i < 20; i++)
        {
            using var answer = await api.SendAsync($$"""{"name":"quick","id":"{{i}} {{length}}"}""");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        foreach (var body in slow) body.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000)]
    public async Task BodyThatTakesTooLongIsEnded(int? length)
    {
        using var api = service.StartApi(("Events:BodyTimeout", "00:00:00.5"));

        using var slow = await SlowBody.BeginAsync(api, "/api/events", Json, length);

        Assert.Equal("HTTP/1.1 408 Request Timeout", await slow.AnswerAsync());
    }

    [Fact]
    public async Task OneCallerCannotHoldAllTheRoom()
    {
        // Both ends of every connection have one address here; another caller is one with another address of the machine.
        using var api = service.StartApi(("Events:BufferBytes", "100000"), ("Events:BodyTimeout", "00:01:00"));
        var slow = new List<SlowBody>();
        for (var i = 0; i < 20; i++)
        {
            var body = await SlowBody.BeginAsync(api, "/api/events", Json, 8_000);
            await body.WriteAsync(new string(' ', 7_000));
            slow.Add(body);
        }

        // Room for half of it: some are turned away, of late ones mostly, but which connection is read first is the server's.
        var first = await await Task.WhenAny(slow.Select(body => body.AnswerAsync()));
        Assert.StartsWith("HTTP/1.1 429 ", first, StringComparison.Ordinal);

        using var other = new HttpClient(new SocketsHttpHandler { ConnectCallback = OtherAddress.ConnectAsync }) { BaseAddress = api.BaseAddress };
        using var answer = await other.SendAsync($$"""[{"name":"other","subject":"{{new string('s', 150)}}"}]""".PadRight(7_000));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        foreach (var body in slow) body.Dispose();
    }
}
