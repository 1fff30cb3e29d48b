namespace LittleService.Jobs.Work;

/// <summary>Something a worker does every so often. A failure is logged, and it is done again the next time.</summary>
internal abstract class Duty(TimeProvider time)
{
    private bool _again;

    /// <summary>The pause between two runs.</summary>
    protected abstract TimeSpan Period { get; }

    protected TimeProvider Time => time;

    /// <summary>
    /// Does it again and again until told to stop. <paramref name="failed"/> is called with what failed, and why.
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

            // A little chance, so that workers started together don't ask together.
            var pause = _again ? TimeSpan.FromMilliseconds(10) : Period * (0.9 + (0.2 * Random.Shared.NextDouble()));
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>There is more to do than one run could take.</summary>
    protected void RunAgainSoon() => _again = true;
}
