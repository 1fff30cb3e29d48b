using System.ComponentModel.DataAnnotations;

namespace LittleService.Api.RateLimits;

/// <summary>The section <c>RateLimits</c>. A caller is an account or, where nobody is signed in, an address.</summary>
public sealed class RateLimitOptions
{
    /// <summary>How much a caller may change in a window; 0 sets no limit.</summary>
    [Range(0, int.MaxValue)]
    public int Writes { get; set; } = 30_000;

    /// <summary>How much a caller may read in a window; 0, the default, sets no limit: what is read most is kept in memory.</summary>
    [Range(0, int.MaxValue)]
    public int Reads { get; set; }

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a request waits for Redis to count it; after that the replica counts for itself, for a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What the counters' names in Redis begin with.</summary>
    public string KeyPrefix { get; set; } = "rate";
}
