namespace LittleService.ServiceDefaults;

/// <summary>The lifecycle state of this process.</summary>
public sealed class ServiceState
{
    private bool _draining;

    /// <summary>True from the first stop signal on: the instance is not ready, and still serves.</summary>
    public bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>True for the first caller only.</summary>
    internal bool BeginDraining() => !Interlocked.Exchange(ref _draining, true);
}
