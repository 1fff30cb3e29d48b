namespace LittleService.Worker;

/// <summary>
/// Tells the rest of this process when the schema is current: until then nothing else need ask for tables that are not there yet.
/// </summary>
public sealed class SchemaSignal
{
    private readonly TaskCompletionSource _current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task WaitAsync(CancellationToken cancellationToken) => _current.Task.WaitAsync(cancellationToken);

    public void Set() => _current.TrySetResult();
}
