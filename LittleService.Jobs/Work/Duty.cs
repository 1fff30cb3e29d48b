namespace LittleService.Jobs.Work;

/// <summary>A periodic task of a worker. A failure is logged, and the task runs again at the next period.</summary>
internal abstract class Duty(TimeProvider time)
{
    private bool _again;

    /// <summary>The pause between two runs.</summary>
    protected abstract TimeSpan Period { get; }

    protected TimeProvider Time => time;

    /// <summary>
    /// Runs the task periodically until cancelled. <paramref name="failed"/> is called with what failed, and why.
    /// </summary>
    public async Task LoopAsync(Action<string, string> failed, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            _again = false;
            try
            {
                await RunAsync(stopping);
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested)
                    return;
                failed(GetType().Name, e.Message);
            }

            // Jitter, so that workers that started together do not poll together.
            var pause = _again ? TimeSpan.FromMilliseconds(10) : Period * (0.9 + (0.2 * Random.Shared.NextDouble()));
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>There is more to do than one run handles.</summary>
    protected void RunAgainSoon() => _again = true;
}
