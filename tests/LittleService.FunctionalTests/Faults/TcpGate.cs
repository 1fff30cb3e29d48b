using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LittleService.FunctionalTests.Faults;

/// <summary>How a server looks from outside.</summary>
public enum GateState
{
    /// <summary>It serves.</summary>
    Open,

    /// <summary>It was stopped behind a proxy such as DCP's: connections break, new ones are accepted and then hang.</summary>
    Silent,

    /// <summary>Nobody listens: connections break, new ones are refused.</summary>
    Closed,

    /// <summary>The machine is gone or frozen: connections stay, and no byte passes.</summary>
    Frozen,
}

/// <summary>Stands between a service and one of its servers, so that a test can take the server away without stopping it for all others.</summary>
public sealed class TcpGate(int target) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private TaskCompletionSource _open = Opened();
    private TcpListener? _listener;
    private GateState _state;

    public int Port { get; private set; }

    public TcpGate Listen()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_listener);
        return this;
    }

    public void Turn(GateState state)
    {
        _state = state;
        if (state == GateState.Open) _open.TrySetResult();
        else if (_open.Task.IsCompleted) _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (state is GateState.Silent or GateState.Closed) Break();
        if (state == GateState.Closed) _listener!.Stop();
        else if (!_listener!.Server.IsBound) Listen();
    }

    public ValueTask DisposeAsync()
    {
        _listener?.Stop();
        Break();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Break()
    {
        foreach (var connection in _connections.Keys) connection.Close();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The gate was closed.
        }
    }

    private async Task ServeAsync(TcpClient outer)
    {
        using (outer)
        using (var inner = new TcpClient { NoDelay = true })
        {
            (_connections[outer], _connections[inner]) = (true, true);
            try
            {
                await _open.Task;
                await inner.ConnectAsync(IPAddress.Loopback, target);
                await Task.WhenAny(CopyAsync(outer, inner), CopyAsync(inner, outer));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side has left.
            }

            _connections.TryRemove(outer, out _);
            _connections.TryRemove(inner, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var count)
            {
                if (_state == GateState.Frozen) await _open.Task;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has left.
        }
    }
}
