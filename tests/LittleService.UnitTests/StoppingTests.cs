using LittleService.Api.Layout;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LittleService.UnitTests;

/// <summary>Whoever owns a host may stop it while the program that made it is already stopping and disposing it.</summary>
public sealed class StoppingTests
{
    [Fact]
    public Task ServicesOfTheApiCanBeToldToStopAgain() => StopTwiceAsync<App>();

    [Fact]
    public Task ServicesOfTheWorkerCanBeToldToStopAgain() => StopTwiceAsync<MigrateAtStart>();

    private static async Task StopTwiceAsync<T>()
        where T : class
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var process = new Process<T>(null);
        process.StartServer();
        // The framework's own BackgroundService bears it.
        foreach (var service in process.Services.GetServices<IHostedService>().Where(service => service is not BackgroundService))
        {
            await service.StopAsync(cancelled);
            (service as IDisposable)?.Dispose();

            Assert.Null(await Record.ExceptionAsync(() => service.StopAsync(cancelled)));
        }
    }
}
