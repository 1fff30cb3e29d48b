namespace LittleService.ServiceDefaults;

internal sealed class ServiceState : IServiceState, IDisposable
{
    private readonly CancellationTokenSource draining = new();
    private int signals;

    public bool IsDraining => Volatile.Read(ref signals) > 0;

    public CancellationToken Draining => draining.Token;

    /// <summary>True for the first caller only.</summary>
    public bool BeginDraining()
    {
        if (Interlocked.Increment(ref signals) > 1)
            return false;
        draining.Cancel();
        return true;
    }

    public void Dispose() => draining.Dispose();
}
