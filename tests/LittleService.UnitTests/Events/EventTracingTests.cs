using LittleService.UnitTests.ServiceDefaults;

namespace LittleService.UnitTests.Events;

[Collection(nameof(CollectingTests))]
public sealed class EventTracingTests
{
    [Fact]
    public Task EventsAreInNoTrace() => CollectingTests.IsInNoTraceAsync(HttpMethod.Post, "/api/events");
}
