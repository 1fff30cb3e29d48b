using System.Diagnostics;
using System.Globalization;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.JobsBench;

/// <summary>A payload of 200 bytes of JSON. T is when it was sent, in ticks of the clock that all processes of a machine share; 0 is not timed.</summary>
public sealed record Noop(int I, long T, string Pad) : IJob
{
    public static string Kind => "noop";

    public static Noop Create(int i, long t) => new(i, t, new('x', 200 - """{"i":,"t":,"pad":""}""".Length - Digits(i) - Digits(t)));

    private static int Digits(long value) => value.ToString(CultureInfo.InvariantCulture).Length;
}

/// <summary>The same with one row written in the job's transaction.</summary>
public sealed record Effect(int I, string Pad) : IJob
{
    public static string Kind => "effect";

    public static Effect Create(int i) => new(i, new('x', 150));
}

/// <summary>What the handlers of this process have seen.</summary>
public sealed class Board
{
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> _latencies = [];
    private int _count;

    public int Expected { get; set; }

    public Task Full => _full.Task;

    public void Add(long sentAt)
    {
        if (sentAt != 0)
        {
            var latency = Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds;
            lock (_latencies)
                _latencies.Add(latency);
        }

        if (Interlocked.Increment(ref _count) == Expected)
            _full.SetResult();
    }

    public double Latency(double quantile)
    {
        lock (_latencies)
        {
            _latencies.Sort();
            return _latencies[Math.Min(_latencies.Count - 1, (int)(_latencies.Count * quantile))];
        }
    }
}

public sealed class NoopHandler(Board board) : IJobHandler<Noop>
{
    public Task HandleAsync(Noop job, JobContext context, CancellationToken cancellationToken)
    {
        board.Add(job.T);
        return Task.CompletedTask;
    }
}

public sealed class EffectHandler(Board board) : IJobHandler<Effect>
{
    public async Task HandleAsync(Effect job, JobContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.TransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("INSERT INTO bench_effects (id, i) VALUES ($1, $2)", transaction.Connection, transaction);
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = context.JobId });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = job.I });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        board.Add(0);
    }
}
