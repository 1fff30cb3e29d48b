using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The logs of the resources: what they write, and what the app host says about them.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, LogBuffer> _buffers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a process writes: one stream per instance id, from its beginning, followed or not. DCP's driver sets it.</summary>
    internal Func<string, bool, CancellationToken, IAsyncEnumerable<LogLine>>? ProcessLogs { get; set; }

    /// <summary>Writes into a resource's log, which is that of each of its replicas.</summary>
    public ILogger GetLogger(IResource resource) => new ReplicaLogger(this, resource);

    /// <summary>Writes into the log of a resource, or of one of its replicas.</summary>
    public ILogger GetLogger(string resourceName) => Buffer(resourceName);

    /// <summary>A resource's log, all its replicas together, from its beginning and on. A line starts with its time in UTC.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) =>
        ReadAsync(resource.InstanceIds(), follow: true, CancellationToken.None);

    /// <summary>The log of a resource or of one of its replicas, from its beginning and on. A line starts with its time in UTC.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => ReadAsync([resourceName], follow: true, CancellationToken.None);

    /// <summary>The log of a resource or of one of its replicas as it is now.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => ReadAsync([resourceName], follow: false, CancellationToken.None);

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(
        IEnumerable<string> names, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Bounded: who reads slowly makes DCP wait, not the memory grow.
        var channel = Channel.CreateBounded<LogLine>(1000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = names.Distinct(StringComparer.OrdinalIgnoreCase).SelectMany(name => Sources(name, follow, stop.Token))
            .Select(source => PumpAsync(source, channel.Writer, stop.Token)).ToList();
        _ = Task.WhenAll(pumps).ContinueWith(_ => channel.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            var number = 0;
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var lines = new List<LogLine>();
                while (lines.Count < 500 && channel.Reader.TryRead(out var line)) lines.Add(line with { LineNumber = ++number });
                yield return lines;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumps);
        }
    }

    private IEnumerable<IAsyncEnumerable<LogLine>> Sources(string name, bool follow, CancellationToken cancellationToken)
    {
        yield return Buffer(name).ReadAsync(follow, cancellationToken);
        if (ProcessLogs is { } processLogs) yield return processLogs(name, follow, cancellationToken);
    }

    private static async Task PumpAsync(IAsyncEnumerable<LogLine> source, ChannelWriter<LogLine> target, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in source.WithCancellation(cancellationToken)) await target.WriteAsync(line, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The one who watched went away.
        }
    }

    private LogBuffer Buffer(string name) => _buffers.GetOrAdd(name, _ => new LogBuffer());

    private sealed class ReplicaLogger(ResourceLoggerService logs, IResource resource) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            foreach (var id in resource.InstanceIds()) logs.Buffer(id).Log(logLevel, eventId, state, exception, formatter);
        }
    }

    /// <summary>The last lines that the app host wrote about a resource, and a way to hear the next ones.</summary>
    private sealed class LogBuffer : ILogger
    {
        private const int Kept = 1000;
        private readonly Lock _gate = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _readers = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
            var text = formatter(state, exception) + (exception is null ? "" : $" {exception}");
            var line = new LogLine(0, $"{time} {text}", logLevel >= LogLevel.Error);
            lock (_gate)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Kept) _lines.Dequeue();
                foreach (var reader in _readers) reader.Writer.TryWrite(line);
            }
        }

        public async IAsyncEnumerable<LogLine> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var channel = Channel.CreateUnbounded<LogLine>();
            lock (_gate)
            {
                foreach (var line in _lines) channel.Writer.TryWrite(line);
                if (follow) _readers.Add(channel);
                else channel.Writer.Complete();
            }
            try
            {
                await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken)) yield return line;
            }
            finally
            {
                lock (_gate) _readers.Remove(channel);
            }
        }
    }
}

/// <summary>A line of a resource's log.</summary>
/// <param name="LineNumber">From 1.</param>
/// <param name="Content">The line, its time first.</param>
/// <param name="IsErrorMessage">From the error stream.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
