using System.Threading.Channels;
using Aspire.Hosting.Dashboard.Wire;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// The changes that one client has not seen yet. Only the last change of each resource is kept, so a client that reads slowly
/// costs no more memory than there are resources, and gets the newest state when it reads again.
/// </summary>
internal sealed class ResourceWatcher(Action<ResourceWatcher> forget) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Dictionary<string, WatchResourcesChange> _pending = [];

    public void Add(string name, WatchResourcesChange change)
    {
        lock (_gate)
            _pending[name] = change;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Waits for a change and takes all there are; never empty.</summary>
    public async Task<IReadOnlyCollection<WatchResourcesChange>> TakeAsync(CancellationToken cancellationToken)
    {
        await _signal.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            var taken = _pending.Values;
            _pending = [];
            return taken;
        }
    }

    public void Dispose() => forget(this);
}
