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
        await using var insert = new NpgsqlCommand("INSERT INTO effects (key, worker) VALUES ($1, $2)", transaction.Connection, transaction);
        insert.Parameters.Add(new() { Value = job.Key });
        insert.Parameters.Add(new() { Value = $"{Environment.ProcessId}" });
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
