using System.Collections.Concurrent;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Logging;

namespace AspireStandIn.Tests.Dashboard;

/// <summary>Keeps what the resource server complains of.</summary>
internal sealed class FakeLogger : ILogger<ResourceServer>
{
    public ConcurrentQueue<string> Messages { get; } = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Messages.Enqueue($"{formatter(state, exception)} {exception}");
}
