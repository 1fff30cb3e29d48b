using LittleService.Jobs;
using Npgsql;

namespace LittleService.ChaosWorker;

/// <summary>Writes one row that can be counted, in the job's transaction, after a little work.</summary>
public sealed record CountedEffect(string Key, int WorkMs) : IJob
{
    public static string Kind => "counted_effect";
}

public sealed class CountedEffectHandler : IJobHandler<CountedEffect>
{
    public async Task HandleAsync(CountedEffect job, JobContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.TransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("INSERT INTO effects (key, worker, job) VALUES ($1, $2, $3)", transaction.Connection, transaction);
        insert.Parameters.Add(new() { Value = job.Key });
        insert.Parameters.Add(new() { Value = $"{Environment.ProcessId}" });
        insert.Parameters.Add(new() { Value = context.JobId });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await Task.Delay(job.WorkMs, cancellationToken);
    }
}

/// <summary>Takes its process down with it.</summary>
public sealed record Poison(string Key) : IJob
{
    public static string Kind => "poison";
}

public sealed class PoisonHandler : IJobHandler<Poison>
{
    public Task HandleAsync(Poison job, JobContext context, CancellationToken cancellationToken)
    {
        Environment.FailFast("poison");
        return Task.CompletedTask;
    }
}

/// <summary>Never succeeds.</summary>
public sealed record Throwing(string Key) : IJob
{
    public static string Kind => "throwing";

    public static JobPolicy Policy { get; } = new() { Retry = new() { Attempts = 3, First = TimeSpan.FromMilliseconds(200) } };
}

public sealed class ThrowingHandler : IJobHandler<Throwing>
{
    public Task HandleAsync(Throwing job, JobContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("always");
}

/// <summary>Never returns, whatever it is told.</summary>
public sealed record Hanging(string Key) : IJob
{
    public static string Kind => "hanging";

    public static JobPolicy Policy { get; } = new() { Retry = new() { Attempts = 1 }, Timeout = TimeSpan.FromSeconds(1) };
}

public sealed class HangingHandler : IJobHandler<Hanging>
{
    public Task HandleAsync(Hanging job, JobContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, CancellationToken.None);
}
