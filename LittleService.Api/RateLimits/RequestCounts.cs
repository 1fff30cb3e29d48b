using System.Collections.Concurrent;
using LittleService.Data.RateLimits;
using Microsoft.Extensions.Options;

namespace LittleService.Api.RateLimits;

/// <summary>
/// Counts callers in windows that begin at the same time in every replica. Redis holds the counts; a replica takes a hundredth of the limit
/// at a time, so that a busy caller costs one query per hundred requests. While Redis is away each replica counts for itself.
/// </summary>
public sealed class RequestCounts(RateCounters counters, IOptions<RateLimitOptions> options, TimeProvider time)
{
    private const int Shares = 100;

    // So many are counted in a window. More can only come from very many networks; those after them are not counted, rather than turned
    // away.
    private const int MostCallers = 100_000;
    private readonly RateLimitOptions _options = options.Value;
    private Window _window = new(0, new());

    /// <summary>Counts one request of a caller.</summary>
    /// <param name="caller">Who, and for which limit.</param>
    /// <param name="limit">How many a window has.</param>
    public async ValueTask<RateLimitState> AddAsync(string caller, int limit)
    {
        var now = time.GetUtcNow();
        var number = now.Ticks / _options.Window.Ticks;
        var resetIn = TimeSpan.FromTicks(((number + 1) * _options.Window.Ticks) - now.Ticks);
        var callers = CallersOf(number);
        if (callers.Count >= MostCallers && !callers.ContainsKey(caller)) return new(true, limit, resetIn);
        var count = callers.GetOrAdd(caller, static _ => new());
        await count.Gate.WaitAsync();
        try
        {
            if (count.Share == 0 && count.Left > 0) await RefillAsync(count, $"{_options.KeyPrefix}:{caller}:{number}", limit);
            var allowed = count.Share > 0;
            if (allowed) count.Share--;
            return new(allowed, count.Left + count.Share, resetIn);
        }
        finally
        {
            count.Gate.Release();
        }
    }

    // Left is what Redis still has to give after the share that was taken.
    private async Task RefillAsync(Count count, string counter, int limit)
    {
        var share = Math.Max(1, limit / Shares);
        count.Own += share;
        var taken = await counters.AddAsync(counter, share, _options.Window * 2, _options.RedisTimeout) ?? count.Own;
        count.Share = (int)Math.Clamp(limit - (taken - share), 0, share);
        count.Left = (int)Math.Clamp(limit - taken, 0, limit);
    }

    private ConcurrentDictionary<string, Count> CallersOf(long number)
    {
        var window = Volatile.Read(ref _window);
        if (window.Number != number) Volatile.Write(ref _window, window = new(number, new()));
        return window.Callers;
    }

    private sealed record Window(long Number, ConcurrentDictionary<string, Count> Callers);

    private sealed class Count
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Share { get; set; }

        public int Left { get; set; } = int.MaxValue;

        public long Own { get; set; }
    }
}

/// <summary>How a caller stands after a request.</summary>
public readonly record struct RateLimitState(bool IsAllowed, int Remaining, TimeSpan ResetIn);
