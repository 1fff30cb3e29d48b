namespace LittleService.ServiceDefaults;

/// <summary>Where this process is in its life.</summary>
public interface IServiceState
{
    /// <summary>True from the first stop signal on: the instance is not ready, still serves, and takes on nothing that can wait.</summary>
    bool IsDraining { get; }

    /// <summary>Cancelled at the first stop signal, that is <c>Drain:Delay</c> before the host begins to stop.</summary>
    CancellationToken Draining { get; }
}
