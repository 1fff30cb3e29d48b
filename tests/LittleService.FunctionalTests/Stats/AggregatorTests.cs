using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using LittleService.Api.Layout;
using LittleService.Data.Events;
using LittleService.Data.Stats;
using LittleService.FunctionalTests.Events;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;

namespace LittleService.FunctionalTests.Stats;

public sealed class AggregatorTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private readonly long _today = new DateTimeOffset(DateTime.UtcNow.Date).ToUnixTimeMilliseconds();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MillionNamesLeaveAThousandRowsAndOneForTheOthers()
    {
        const int perBlock = 50_000;
        await using var session = await StatsSession.OpenAsync(_service.Database, new(), TimeProvider.System, Stop);
        var overflowed = 0L;

        for (var block = 0; block < 1_000_000 / perBlock; block++)
            overflowed += (await session.AggregateAsync([Block(block, perBlock)], Stop)).Overflowed;

        Assert.Equal(999_000, overflowed);
        Assert.Equal(999_000, await _service.CountAsync("(other)"));
        Assert.Equal(1_000_000, await _service.CountAsync(""));
        Assert.Equal(1002L, await _service.ScalarAsync<long>("select count(*) from event_stats where grain = 0"));
    }

    [Fact]
    public async Task LeaseHasOneHolderUntilItEnds()
    {
        await using var api = new Process<App>(_service.Settings);
        api.Start().Dispose();
        var log = api.Services.GetRequiredService<EventLog>();
        var lease = TimeSpan.FromMinutes(1);

        Assert.Equal((true, true, false), (await log.TryLeaseAsync("a", lease, Stop), await log.TryLeaseAsync("a", lease, Stop), await log.TryLeaseAsync("b", lease, Stop)));
        await log.EndLeaseAsync("b", Stop);
        Assert.False(await log.TryLeaseAsync("b", lease, Stop));
        await log.EndLeaseAsync("a", Stop);
        Assert.True(await log.TryLeaseAsync("b", lease, Stop));
    }

    [Fact]
    public async Task AggregatorHasOneConnectionAndGivesUpAStatementThatTakesTooLong()
    {
        _service.StartWorker(("Stats:StatementTimeout", "00:00:01"));
        await _service.Client.AcceptedAsync(new { name = "slow" });
        await _service.IsCountedAsync("slow", 1);
        var before = Assert.Single(await ConnectionsAsync());

        await using (var connection = await _service.Database.OpenConnectionAsync(Stop))
        await using (await connection.BeginTransactionAsync(Stop))
        {
            await using var hold = new NpgsqlCommand("lock table event_stats", connection);
            await hold.ExecuteNonQueryAsync(Stop);
            await _service.Client.AcceptedAsync(new { name = "slow" });
            // A session that failed is thrown away: it is another connection that tries again.
            await Eventually.SeeAsync(ConnectionsAsync, now => now.Length == 1 && now[0] != before);
        }

        await _service.IsCountedAsync("slow", 2);
        Assert.Single(await ConnectionsAsync());
    }

    [Fact]
    public async Task WhatSomebodyElseWroteIntoTheStreamIsSetAside()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_service.RedisConnection);
        var stream = _service.EventKeys + ":stream";
        await redis.GetDatabase().StreamAddAsync(stream, [new("hello", "world")]);
        await _service.Client.AcceptedAsync(new { name = "before" });
        await redis.GetDatabase().StreamAddAsync(stream, [new("e", "no epoch"), new("t", "x"), new("b", "")]);
        await _service.Client.AcceptedAsync(new { name = "after" });
        _service.StartWorker();

        await _service.IsCountedAsync("before", 1);
        await _service.IsCountedAsync("after", 1);
        Assert.Equal("hello=world", await _service.ScalarAsync<string>("select convert_from(block, 'UTF8') from event_blocks_unread order by entry limit 1"));
        Assert.Equal(2L, await _service.ScalarAsync<long>("select count(*) from event_blocks_unread"));
        await Eventually.SeeAsync(() => redis.GetDatabase().StreamLengthAsync(stream), length => length == 0);
    }

    [Fact]
    public async Task BlockWithOneEventThatCannotBeStoredIsSetAside()
    {
        await using var session = await StatsSession.OpenAsync(_service.Database, new(), TimeProvider.System, Stop);
        EventEntry[] entries =
        [
            Entry(1, "good"u8, 1), Entry(2, "nul\0"u8, 1), Entry(3, [0xff], 1), Entry(4, "infinite"u8, double.PositiveInfinity), Entry(5, "good"u8, 1),
        ];

        var batch = await session.AggregateAsync(entries, Stop);

        Assert.Equal((2, 3), (batch.Events, batch.Unreadable));
        Assert.Equal(2, await _service.CountAsync("good"));
    }

    [Fact]
    public async Task MetricsTellWhatWasTakenRefusedAndCounted()
    {
        // Other tests are measured too; none of them sends so many at once.
        const int size = 977;
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Meter.Name == "LittleService.Events") me.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[$"{instrument.Name} {value}"] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[tags.IsEmpty ? $"{instrument.Name} {value}" : $"{instrument.Name} {tags[0].Value}"] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, most) => Math.Max(most, value)));
        listener.Start();

        using var taken = await _service.Client.SendAsync($"[{string.Join(',', Enumerable.Repeat("""{"name":"measured","id":"1"}""", size))}]");
        using var refused = await _service.Client.SendAsync("{}");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.BadRequest), (taken.StatusCode, refused.StatusCode));
        await Eventually.SeeAsync(() => Task.FromResult(seen.GetValueOrDefault("events.lag")), lag => lag > 0);
        _service.StartWorker();
        await _service.IsCountedAsync("measured", 1);

        string[] expected =
        [
            $"events.accepted {size}", "events.refused invalid", $"events.block.size {size}", $"events.batch.size {size}", $"events.repeated {size - 1}", "events.batch.duration",
        ];
        await Eventually.SeeAsync(() => Task.FromResult(string.Join(", ", expected.Where(name => !seen.ContainsKey(name)))), missing => missing.Length == 0);
        Assert.Contains(seen, measured => measured.Key.StartsWith("events.backlog", StringComparison.Ordinal) && measured.Value > 0);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private EventEntry Block(int block, int events)
    {
        var packed = new ArrayBufferWriter<byte>();
        packed.Write([EventBlock.Format]);
        for (var i = 0; i < events; i++) EventBlock.Write(packed, new(_today, Encoding.UTF8.GetBytes($"name {block * events + i}"), null, [], null));
        return new(new(block + 1, 0), Guid.Empty, (block + 1L) * events, packed.WrittenSpan.ToArray());
    }

    private EventEntry Entry(int number, ReadOnlySpan<byte> name, double value)
    {
        var packed = new ArrayBufferWriter<byte>();
        packed.Write([EventBlock.Format]);
        EventBlock.Write(packed, new(_today, name, null, [], value));
        return new(new(number, 0), Guid.Empty, number, packed.WrittenSpan.ToArray());
    }

    private Task<int[]> ConnectionsAsync() =>
        _service.ScalarAsync<int[]>("select coalesce(array_agg(pid), '{}') from pg_stat_activity where application_name = 'stats' and datname = current_database()");
}
