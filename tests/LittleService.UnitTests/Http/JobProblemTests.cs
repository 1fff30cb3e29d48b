using LittleService.Api.Http;
using LittleService.Jobs;
using LittleService.ServiceDefaults;

namespace LittleService.UnitTests.Http;

public sealed class JobProblemTests
{
    [Fact]
    public void JobThatCanNeverRunIsTheFaultOfTheClient() => Assert.Equal(new Problem(422, "no"), JobProblem.Of(new JobRefusedException("no")));

    [Fact]
    public void FullQueueIsWorthAnotherTry()
    {
        var problem = JobProblem.Of(new JobQueueFullException("default", 1))!;

        Assert.Equal((503, TimeSpan.FromSeconds(5)), (problem.Status, problem.RetryAfter));
    }

    [Fact]
    public void AnythingElseIsNoneOfIts() => Assert.Null(JobProblem.Of(new InvalidOperationException()));
}
