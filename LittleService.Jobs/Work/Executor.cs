using System.Diagnostics;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Jobs.Work;

/// <summary>Runs handlers, so many at once, and turns how they end into an outcome.</summary>
internal sealed class Executor(
    HeldJobs held, Completer completer, IServiceScopeFactory scopes, PayloadProtection payloads, IOptions<JobOptions> options, TimeProvider time)
{
    /// <summary>Runs jobs until the line is closed and empty.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(_ => Task.Run(ConsumeAsync)));

    /// <summary>Runs one job here and now.</summary>
    public async Task RunOneAsync(HeldJob job)
    {
        using var cancellation = new CancellationTokenSource();
        if (job.TryStart(cancellation))
            await RunAsync(job, cancellation);
    }

    private async Task ConsumeAsync()
    {
        var cancellation = new CancellationTokenSource();
        while (await held.Line.WaitToReadAsync())
        {
            while (held.Line.TryRead(out var job))
            {
                if (!job.TryStart(cancellation))
                    continue;
                await RunAsync(job, cancellation);
                completer.Add(job);
                if (!cancellation.TryReset())
                {
                    cancellation.Dispose();
                    cancellation = new();
                }
            }
        }

        cancellation.Dispose();
    }

    private async Task RunAsync(HeldJob job, CancellationTokenSource cancellation)
    {
        if (job.Registration is not { } registration)
        {
            job.End(Outcome.Parked, "unknown kind");
            return;
        }

        if (job.Version > registration.Policy.Version)
        {
            job.End(Outcome.Parked, "newer version");
            return;
        }

        JobTelemetry.Started(job.Kind, time.GetUtcNow() - job.DueAt);
        var started = time.GetTimestamp();
        using var activity = JobTelemetry.StartRun(job.Kind, job.Trace, job.Attempt, job.Id);
        if (registration.Policy.Timeout is { } timeout)
            cancellation.CancelAfter(timeout);
        try
        {
            await HandleAsync(job, registration, cancellation.Token);
        }
#pragma warning disable CA1031 // A handler may throw anything; all of it is an outcome.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(job, registration, e, cancellation.IsCancellationRequested);
            activity?.SetStatus(ActivityStatusCode.Error, job.Error).AddException(e);
        }

        job.Milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task HandleAsync(HeldJob job, JobRegistration registration, CancellationToken cancellationToken)
    {
        await using (job)
        {
            await using (var scope = scopes.CreateAsyncScope())
                await registration.RunAsync(scope.ServiceProvider, job.Sensitive ? payloads.Unprotect(job.Payload) : job.Payload, job, cancellationToken);
            if (!job.HasTransaction)
            {
                job.End(Outcome.Done);
                return;
            }

            if (!await JobEnds.CompleteInTransactionAsync(job, completer.Worker, cancellationToken))
                throw new JobLostException();
            await CommitAsync(job);
        }
    }

    // Not cancellable, so that its result is known. If the connection breaks just here it is not: then giving the job back is right both
    // ways, for where the commit did happen there is no row left to give back.
    private static async Task CommitAsync(HeldJob job)
    {
        try
        {
            await job.Transaction.CommitAsync(CancellationToken.None);
            job.End(Outcome.Committed);
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            job.End(Outcome.GivenBack, "the connection broke at commit");
        }
    }

    private static void Fail(HeldJob job, JobRegistration registration, Exception e, bool cancelled)
    {
        var stop = job.StopCause ?? (cancelled ? Outcome.TimedOut : null);
        switch (e)
        {
            case JobLostException:
            case OperationCanceledException when stop is Outcome.Lost:
                job.End(Outcome.Lost);
                break;
            case OperationCanceledException when stop is Outcome.GivenBack:
                job.End(Outcome.GivenBack);
                break;
            case UnreadablePayloadException:
                job.End(Outcome.Parked, $"unreadable payload: {e.Message}");
                break;
            case PermanentFailureException:
                job.End(Outcome.Dead, e.Message);
                break;
            default:
                Retry(job, registration, e, stop is Outcome.TimedOut && e is OperationCanceledException);
                break;
        }
    }

    private static void Retry(HeldJob job, JobRegistration registration, Exception e, bool timedOut)
    {
        var retry = registration.Policy.Retry;
        var error = timedOut ? $"took longer than {registration.Policy.Timeout}" : $"{e.GetType().Name}: {e.Message}";
        if (job.Attempt >= retry.Attempts)
            job.End(Outcome.Dead, error);
        else
            job.End(timedOut ? Outcome.TimedOut : Outcome.Retry, error, (e as RetryLaterException)?.Delay ?? retry.WaitAfter(job.Attempt, Random.Shared.NextDouble()));
    }
}
