using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;

namespace LittleService.Rehearsal;

/// <summary>What happened to the requests of one phase.</summary>
internal sealed class Tally
{
    private int _sent;
    private int _open;
    private long _slowest;

    public int Sent => _sent;

    /// <summary>How many requests are under way.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Why requests failed, and how many.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new();

    public int Failed => Failures.Values.Sum();

    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    public void Begin() => Interlocked.Increment(ref _open);

    public void TakeBack() => Interlocked.Decrement(ref _open);

    public void End(TimeSpan took, string? failure)
    {
        Interlocked.Decrement(ref _open);
        Interlocked.Increment(ref _sent);
        long seen;
        while ((seen = Interlocked.Read(ref _slowest)) < took.Ticks && Interlocked.CompareExchange(ref _slowest, took.Ticks, seen) != seen)
        {
        }

        if (failure is not null) Failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
    }
}

/// <summary>
/// Steady load through the proxy: pages, lists and new items, each of which enqueues a job. An item is sent again with the same
/// Idempotency-Key until it is accepted, and its failures are counted.
/// </summary>
internal sealed partial class Load(IStage stage, string key) : IAsyncDisposable
{
    private const int Clients = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == stage.CertificateHash },
        PooledConnectionLifetime = TimeSpan.FromSeconds(20),
    })
    {
        BaseAddress = stage.Address,
        DefaultRequestVersion = HttpVersion.Version20,
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { Authorization = new("Bearer", key) },
    };

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile Tally _tally = new();
    private int _items;

    /// <summary>Names of items that were accepted.</summary>
    public ConcurrentBag<string> Accepted { get; } = [];

    /// <summary>What the page said how often it was shown.</summary>
    public ConcurrentBag<long> Numbers { get; } = [];

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(RunAsync));

    /// <summary>From now on requests count for another phase. Returns when those of the phase before have ended.</summary>
    public async Task<Tally> BeginAsync()
    {
        var before = _tally;
        _tally = new();
        while (before.Open > 0) await Task.Delay(10);
        return _tally;
    }

    /// <summary>Sends a file of items; they come by a long job.</summary>
    public async Task<string> ImportAsync(int rows)
    {
        var prefix = $"import-{Guid.NewGuid():N}";
        var csv = new StringBuilder("name,quantity\n");
        for (var row = 0; row < rows; row++) csv.AppendLine(CultureInfo.InvariantCulture, $"{prefix}-{row},1");
        using var content = new StringContent(csv.ToString(), Encoding.UTF8, "text/csv");
        using var response = await _client.PostAsync(new Uri("/api/imports?mode=row-by-row", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return prefix;
    }

    /// <summary>Stops when every item that was begun is accepted.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task RunAsync(int client)
    {
        for (var turn = client; !_stop.IsCancellationRequested; turn++)
        {
            var request = (turn % 4) switch
            {
                0 => AddItemAsync(),
                1 => SendAsync(() => _client.GetAsync(new Uri("/api/items?sort=added", UriKind.Relative))),
                _ => ShowAsync(),
            };
            await request;
            await Task.Delay(Pause);
        }
    }

    private async Task ShowAsync()
    {
        if (await SendAsync(() => _client.GetAsync(new Uri("/", UriKind.Relative))) is { } page && Visits().Match(page) is { Success: true } visits)
            Numbers.Add(long.Parse(visits.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private async Task AddItemAsync()
    {
        var (name, once) = ($"item-{Interlocked.Increment(ref _items)}", Guid.NewGuid().ToString());
        while (await SendAsync(() => _client.SendAsync(NewItem(name, once))) is null) await Task.Delay(200);
        Accepted.Add(name);
    }

    private static HttpRequestMessage NewItem(string name, string once) => new(HttpMethod.Post, "/api/items")
    {
        Version = HttpVersion.Version20,
        Headers = { { "Idempotency-Key", once } },
        Content = JsonContent.Create(new { name, quantity = 1 }),
    };

    // The phase may have changed between reading it and counting: then the request belongs to the next.
    private Tally Enter()
    {
        while (true)
        {
            var tally = _tally;
            tally.Begin();
            if (tally == _tally) return tally;
            tally.TakeBack();
        }
    }

    // The body, or null where the request failed.
    private async Task<string?> SendAsync(Func<Task<HttpResponseMessage>> send)
    {
        var (tally, started, failure) = (Enter(), Stopwatch.GetTimestamp(), default(string));
        try
        {
            using var response = await send();
            if (response.IsSuccessStatusCode) return await response.Content.ReadAsStringAsync();
            // Every response of ours carries this.
            var whose = response.Headers.Contains("X-Content-Type-Options") ? "" : " of the proxy";
            failure = $"{(int)response.StatusCode}{whose}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
        {
            failure = exception is HttpRequestException { HttpRequestError: var error } ? error.ToString() : exception.GetType().Name;
        }
        finally
        {
            if (failure is not null) Journal.Add("load", failure);
            tally.End(Stopwatch.GetElapsedTime(started), failure);
        }

        return null;
    }

    [GeneratedRegex("id=\"visits\">([0-9]+)<")]
    private static partial Regex Visits();
}
