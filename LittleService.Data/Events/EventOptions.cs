namespace LittleService.Data.Events;

/// <summary>
/// Settings of the section <c>Events</c>: what is taken, how fast, and how much may wait. Shared by the api and the worker.
/// </summary>
public sealed class EventOptions
{
    /// <summary>The most events of one request.</summary>
    public const int MaxBatch = 1000;

    /// <summary>The largest size of a value: beyond it a sum would no longer be exact to the unit.</summary>
    public const double LargestValue = 1e15;

    /// <summary>Names the keys in Redis; the braces keep them on one node of a cluster.</summary>
    public string KeyPrefix { get; set; } = "{events}";

    /// <summary>Requests that may wait in one process for their turn in front of Redis; one more gets 429.</summary>
    public int Waiting { get; set; } = 512;

    /// <summary>How long a body may take to arrive; one that takes longer gets 408.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of request bodies that one process holds at once, and one caller half of them; beyond it 429.</summary>
    public int BufferBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The pace of one process: a request waits its turn, so that a flood is slowed rather than the web beside it.</summary>
    public int RequestsPerSecond { get; set; } = 4_000 * Environment.ProcessorCount;

    /// <summary>The same for the events in the requests.</summary>
    public int EventsPerSecond { get; set; } = 20_000 * Environment.ProcessorCount;

    /// <summary>What the stream may hold in Redis, in bytes. Beyond it intake gives 503 until the worker has caught up.</summary>
    public long BacklogBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long a response waits for Redis before it becomes a 503.</summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>An event that happened longer ago, or lies further ahead than <see cref="MaxAhead"/>, is refused.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Room for the clocks of clients that run ahead.</summary>
    public TimeSpan MaxAhead { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The share of page views of the service itself that become events, from 0 to 1.</summary>
    public double PageViews { get; set; } = 1;

    internal string StreamKey => KeyPrefix + ":stream";

    internal string LeaseKey => KeyPrefix + ":aggregator";

    internal string MetaKey => KeyPrefix + ":meta";
}
