using System.Diagnostics;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Jobs.Work;

/// <summary>Runs handlers, so many at once, and turns how they end into an outcome.</summary>
internal sealed class Executor(
    HeldJobs held, Completer completer, Consumer consumer, IServiceScopeFactory scopes, PayloadProtection payloads,
    IOptions<JobOptions> options, TimeProvider time)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runners;
    private int _stuck;

    /// <summary>Handlers that go on although their attempt was given up.</summary>
    public int Stuck => Volatile.Read(ref _stuck);

    /// <summary>Runs jobs until the line is closed and empty.</summary>
    public Task RunAsync()
    {
        held.Arrived = StartRunners;
        return _ended.Task;
    }

    /// <summary>
    /// Ends an attempt whose handler was told to stop and does not. Its slot goes to other jobs; what it still writes is refused.
    /// </summary>
    public void GiveUp(HeldJob job)
    {
        if (job.Registration is not { } registration
            || !job.TryGiveUp(Judge(job, registration, new OperationCanceledException(), cancelled: true)))
            return;
        job.Milliseconds = time.GetElapsedTime(job.Delivery.ReceivedAt).TotalMilliseconds;
        Interlocked.Increment(ref _stuck);
        completer.Add(job);
        Leave();
    }

    /// <summary>Runs one job here and now.</summary>
    public async Task RunOneAsync(HeldJob job)
    {
        using var cancellation = new CancellationTokenSource();
        if (job.TryStart(cancellation))
            await RunAsync(job, cancellation);
    }

    // A runner lives while there is work, so that jobs that take no time are run by few, without a wake-up each.
    private void StartRunners(int jobs)
    {
        for (var most = Math.Max(1, jobs); most > 0; most--)
        {
            int runners;
            do
            {
                if ((runners = Volatile.Read(ref _runners)) >= options.Value.Concurrency)
                    return;
            }
            while (Interlocked.CompareExchange(ref _runners, runners + 1, runners) != runners);
            ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.ConsumeAsync(), this, preferLocal: false);
        }
    }

    private async Task ConsumeAsync()
    {
        var cancellation = new CancellationTokenSource();
        while (held.TryTake(out var job))
        {
            if (!job.TryStart(cancellation))
                continue;
            await RunAsync(job, cancellation);
            if (job.IsGivenUp)
            {
                // Its place was given to another.
                Interlocked.Decrement(ref _stuck);
                return;
            }

            completer.Add(job);
            if (!cancellation.TryReset())
            {
                cancellation.Dispose();
                cancellation = new();
            }
        }

        cancellation.Dispose();
        Leave();
    }

    private void Leave()
    {
        var last = Interlocked.Decrement(ref _runners) == 0;
        // One that came after the last look, when this runner still counted.
        if (!held.IsEmpty)
            StartRunners(1);
        else if (last && held.IsClosed)
            _ended.TrySetResult();
    }

    private Task RunAsync(HeldJob job, CancellationTokenSource cancellation)
    {
        if (job.Registration is { } registration && job.Version <= registration.Policy.Version)
            return AttemptAsync(job, registration, cancellation);
        job.End(new(Outcome.Parked, job.Registration is null ? "unknown kind" : "newer version"));
        return Task.CompletedTask;
    }

    private async Task AttemptAsync(HeldJob job, JobRegistration registration, CancellationTokenSource cancellation)
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
            // A handler may throw anything; all of it is an outcome.
            job.End(Judge(job, registration, e, cancellation.IsCancellationRequested));
            activity?.SetStatus(ActivityStatusCode.Error, job.Error).AddException(e);
        }

        job.Milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task HandleAsync(HeldJob job, JobRegistration registration, CancellationToken cancellationToken)
    {
        await using (job)
        {
            await using (var scope = scopes.CreateAsyncScope())
                await registration.RunAsync(
                    scope.ServiceProvider, job.Sensitive ? payloads.Unprotect(job.Payload) : job.Payload, job, cancellationToken);
            if (!job.HasTransaction)
            {
                job.End(new(Outcome.Done));
                return;
            }

            if (!await JobEnds.CompleteInTransactionAsync(job, consumer.Name, cancellationToken))
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
            job.End(new(Outcome.Committed));
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            job.End(new(Outcome.GivenBack, "the connection broke at commit"));
        }
    }

    private static Verdict Judge(HeldJob job, JobRegistration registration, Exception e, bool cancelled)
    {
        var stop = job.StopCause ?? (cancelled ? Outcome.TimedOut : null);
        return e switch
        {
            JobLostException => new(Outcome.Lost),
            UnreadablePayloadException => new(Outcome.Parked, $"unreadable payload: {e.Message}"),
            PermanentFailureException => new(Outcome.Dead, e.Message),
            // Whatever a handler throws that was told to stop: drivers have their own ways to say that they were interrupted.
            _ when stop is Outcome.Lost or Outcome.GivenBack => new(stop.Value),
            _ => Retry(job, registration, e, stop is Outcome.TimedOut && e is OperationCanceledException),
        };
    }

    private static Verdict Retry(HeldJob job, JobRegistration registration, Exception e, bool timedOut)
    {
        var retry = registration.Policy.Retry;
        var error = timedOut ? $"took longer than {registration.Policy.Timeout}" : $"{e.GetType().Name}: {e.Message}";
        if (job.Attempt >= retry.Attempts)
            return new(Outcome.Dead, error);
        return new(timedOut ? Outcome.TimedOut : Outcome.Retry, error,
            (e as RetryLaterException)?.Delay ?? retry.WaitAfter(job.Attempt, Random.Shared.NextDouble()));
    }
}
