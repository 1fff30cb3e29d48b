using System.Diagnostics;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LittleService.Jobs.Work;

/// <summary>Runs one attempt at a job: its handler, its transaction, its trace; and decides how it ended.</summary>
internal sealed class AttemptRunner(
    JobDatabase database, Consumer consumer, IServiceScopeFactory scopes, PayloadProtection payloads, TimeProvider time)
{
    public Task RunAsync(HeldJob job, CancellationTokenSource cancellation)
    {
        if (job.Registration is { } registration && job.Version <= registration.Policy.Version)
            return RunAsync(job, registration, cancellation);
        job.End(new(Outcome.Parked, job.Registration is null ? "unknown kind" : "newer version"));
        return Task.CompletedTask;
    }

    private async Task RunAsync(HeldJob job, JobRegistration registration, CancellationTokenSource cancellation)
    {
        JobTelemetry.Started(job, time.GetUtcNow() - job.DueAt);
        var started = time.GetTimestamp();
        using var activity = JobTelemetry.StartRun(job.Kind, job.Trace, job.Attempt, job.Id);
        if (registration.Policy.Timeout is { } timeout)
            cancellation.CancelAfter(timeout);
        try
        {
            await HandleAsync(job, registration, cancellation.Token);
        }
        catch (Exception e)
        {
            // A handler may throw anything; every exception becomes an outcome.
            job.End(Verdict.Of(job, registration.Policy, e, cancellation.IsCancellationRequested));
            if (job.Outcome is not Outcome.Snoozed)
                activity?.SetStatus(ActivityStatusCode.Error, job.Error).AddException(e);
        }

        job.Milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task HandleAsync(HeldJob job, JobRegistration registration, CancellationToken cancellationToken)
    {
        await using var context = new HandlerContext(job, database);
        await using (var scope = scopes.CreateAsyncScope())
        {
            var payload = job.Sensitive ? payloads.Unprotect(job.Payload) : job.Payload;
            await registration.RunAsync(scope.ServiceProvider, payload, context, cancellationToken);
        }

        if (context.Transaction is not { } transaction)
        {
            job.End(new(Outcome.Done));
            return;
        }

        if (!await JobEnds.CompleteInTransactionAsync(job, transaction, consumer.Name, cancellationToken))
            throw new JobLostException();
        await CommitAsync(job, transaction);
    }

    // Not cancellable, so that its result is known. If the connection breaks just here it is not: then giving the job back is right both
    // ways, for where the commit did happen there is no row left to give back.
    private static async Task CommitAsync(HeldJob job, NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
            job.End(new(Outcome.Committed));
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            job.End(new(Outcome.GivenBack, "the connection broke at commit"));
        }
    }
}
