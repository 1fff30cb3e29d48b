using System.Net;
using LittleService.Data;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;
using LittleService.Jobs;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>The queue as the service uses it.</summary>
public sealed class ServiceJobs(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task EveryKindOfJobHasItsHandlerInTheWorker()
    {
        var jobs = typeof(DataExtensions).Assembly.GetTypes().Concat(typeof(MigrateAtStart).Assembly.GetTypes()).Where(type => type.IsAssignableTo(typeof(IJob)));
        await using var worker = new Process<MigrateAtStart>(service.Settings);
        using var client = worker.Start();

        var handled = worker.Services.GetServices<JobRegistration>().Select(registration => registration.GetType().GenericTypeArguments[0].Name);

        Assert.Equal(jobs.Select(job => job.Name).Order(), handled.Order());
    }

    [Fact]
    public async Task RequestThatWouldOverfillAQueueIsAskedToComeBackAndStoresNothing()
    {
        using var api = service.StartApi(("Jobs:Backlogs:default", "1")).As(Role.Writer);
        var refused = await FunctionalTests.Eventually.SeeAsync(
            () => api.PostRawAsync("""{"name":"one more","quantity":1,"description":""}"""), answer => answer.StatusCode != HttpStatusCode.Created);
        var stored = await service.ScalarAsync<long>("select count(*) from items");

        await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        using var again = await api.PostRawAsync("""{"name":"another","quantity":1,"description":""}""");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, stored), (again.StatusCode, await service.ScalarAsync<long>("select count(*) from items")));
    }
}
