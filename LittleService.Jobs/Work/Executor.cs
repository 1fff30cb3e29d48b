using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>Runs waiting jobs, up to the configured concurrency.</summary>
internal sealed class Executor(
    HeldJobs held, Completer completer, AttemptRunner attempts, IOptions<JobOptions> options, TimeProvider time)
{
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runners;
    private int _stuck;

    /// <summary>Handlers that still run although their attempt was given up.</summary>
    public int Stuck => Volatile.Read(ref _stuck);

    /// <summary>Runs jobs until it is stopped.</summary>
    public void Start() => held.Arrived = StartRunners;

    /// <summary>
    /// Gives waiting jobs back and waits for running ones; then cancels those and gives them back. Call it after intake has stopped.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var job in held.Unfinished().Where(job => job.TryGiveBack()))
            completer.Add(job);
        held.Close();
        if (await EndsWithinAsync(options.Value.StopWait, cancellationToken))
            return;
        foreach (var job in held.Unfinished())
            job.Stop(Outcome.GivenBack);
        await EndsWithinAsync(LastWait, cancellationToken);
        foreach (var job in held.Unfinished())
            GiveUp(job);
    }

    /// <summary>
    /// Ends an attempt whose handler ignores its cancellation. The slot is free for other jobs; later writes of the handler are refused.
    /// </summary>
    public void GiveUp(HeldJob job)
    {
        if (job.Registration is not { } registration
            || !job.TryGiveUp(Verdict.Of(job, registration.Policy, new OperationCanceledException(), cancelled: true)))
            return;
        job.Milliseconds = time.GetElapsedTime(job.Delivery.ReceivedAt).TotalMilliseconds;
        Interlocked.Increment(ref _stuck);
        completer.Add(job);
        Leave();
    }

    /// <summary>Runs one job and returns when it has ended.</summary>
    public async Task RunOneAsync(HeldJob job)
    {
        using var cancellation = new CancellationTokenSource();
        if (job.TryStart(cancellation))
            await attempts.RunAsync(job, cancellation);
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
            await attempts.RunAsync(job, cancellation);
            if (job.IsGivenUp)
            {
                // Its slot was given to another job.
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
        // A job may have arrived after the last check, while this runner was still counted.
        if (!held.IsEmpty)
            StartRunners(1);
        else if (last && held.IsClosed)
            _ended.TrySetResult();
    }

    private async Task<bool> EndsWithinAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await _ended.Task.WaitAsync(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _ended.Task.IsCompleted;
    }
}
