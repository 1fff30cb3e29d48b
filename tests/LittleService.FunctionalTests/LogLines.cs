using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests;

/// <summary>Keeps what a service logs.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    private readonly ConcurrentQueue<string> _warnings = [];

    public string Text => string.Join('\n', _lines);

    /// <summary>What of it is a warning or worse.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{formatter(state, exception)} {exception}";
        _lines.Enqueue(line);
        if (logLevel >= LogLevel.Warning) _warnings.Enqueue(line);
    }

    public void Dispose() => _lines.Clear();
}
