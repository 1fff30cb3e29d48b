using System.Net;
using System.Runtime.InteropServices;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class DrainingTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider clock = new();
    private readonly ServiceState state = new();
    private readonly HostStub host = new();
    private readonly DrainingLifetime lifetime;

    public DrainingTests() => lifetime = new DrainingLifetime(
        state, host, Options.Create(new DrainOptions { Delay = Delay }), clock, NullLogger<DrainingLifetime>.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheHostStopsOnlyAfterTheDelay()
    {
        var stopping = lifetime.StopAsync(PosixSignal.SIGTERM);
        Assert.True(state.IsDraining);

        clock.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.False(host.ApplicationStopping.IsCancellationRequested);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await stopping.WaitAsync(Cancelled);
        Assert.True(host.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task ASecondSignalSkipsTheWait()
    {
        var stopping = lifetime.StopAsync(PosixSignal.SIGINT);
        await lifetime.StopAsync(PosixSignal.SIGINT);

        Assert.True(host.ApplicationStopping.IsCancellationRequested);
        await stopping.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task RequestsAreServedAndConnectionsClosedWhileDraining()
    {
        await using var service = await TestService.StartAsync(map: app => app.MapGet("/", () => "served"));
        Assert.NotEqual(true, (await service.Client.GetAsync("/", Cancelled)).Headers.ConnectionClose);

        service.Services.GetRequiredService<ServiceState>().BeginDraining();
        var response = await service.Client.GetAsync("/", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.ConnectionClose);
    }

    [Fact]
    public async Task RequestsInFlightHaveTheirOwnTime()
    {
        await using var service = await TestService.StartAsync(settings: ("Drain:Timeout", "00:00:07"));

        Assert.Equal(TimeSpan.FromSeconds(7), service.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Theory]
    [InlineData("Drain:Delay", "5")]
    [InlineData("Drain:Delay", "-00:00:01")]
    [InlineData("Drain:Timeout", "0")]
    public async Task ATimeThatCannotBeMeantStopsTheStart(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestService.StartAsync(settings: (key, value)));

        Assert.Contains("00:00:05", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        lifetime.Dispose();
        host.Dispose();
    }

    private sealed class HostStub : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => stopping.Cancel();

        public void Dispose() => stopping.Dispose();
    }
}
