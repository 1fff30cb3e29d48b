using LittleService.Jobs;
using Npgsql;

namespace LittleService.FunctionalTests.Jobs;

public sealed record Note(string Text) : IJob
{
    public static string Kind => "note";
}

public sealed class NoteHandler(Board board) : IJobHandler<Note>
{
    public Task HandleAsync(Note job, JobContext context, CancellationToken cancellationToken)
    {
        board.Add(job.Text);
        return Task.CompletedTask;
    }
}

/// <summary>Writes one row in the job's transaction.</summary>
public sealed record Effect(string Key) : IJob
{
    public static string Kind => "effect";
}

public sealed class EffectHandler(Board board) : IJobHandler<Effect>
{
    public async Task HandleAsync(Effect job, JobContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.TransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("INSERT INTO effects (key) VALUES ($1)", transaction.Connection, transaction);
        insert.Parameters.Add(new() { Value = job.Key });
        await insert.ExecuteNonQueryAsync(cancellationToken);
        board.Add(job.Key);
        if (job.Key.StartsWith("wait", StringComparison.Ordinal))
            await board.Gate.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>Fails a number of times, then notes its text.</summary>
public sealed record Flaky(string Text, int Failures, string How = "throw") : IJob
{
    public static string Kind => "flaky";

    public static JobPolicy Policy { get; } = new()
    {
        Retry = new() { Attempts = 3, First = TimeSpan.FromMilliseconds(10) },
        Timeout = TimeSpan.FromMilliseconds(500),
    };
}

public sealed class FlakyHandler(Board board) : IJobHandler<Flaky>
{
    public async Task HandleAsync(Flaky job, JobContext context, CancellationToken cancellationToken)
    {
        board.Attempts.AddOrUpdate(context.JobId, 1, (_, count) => count + 1);
        if (context.Attempt <= job.Failures)
        {
            switch (job.How)
            {
                case "later": throw new RetryLaterException(TimeSpan.FromMilliseconds(50), "come back");
                case "never": throw new PermanentFailureException("no use");
                case "hang": await Task.Delay(Timeout.Infinite, cancellationToken); break;
                default: throw new InvalidOperationException($"failure {context.Attempt} with NUL \0 in it");
            }
        }

        board.Add($"{job.Text} at attempt {context.Attempt}");
    }
}

/// <summary>Waits for the gate.</summary>
public sealed record Slow(string Text) : IJob
{
    public static string Kind => "slow";
}

public sealed class SlowHandler(Board board) : IJobHandler<Slow>
{
    /// <summary>The text of a job that fails with an exception of its own when it is told to stop.</summary>
    public const string SaidOtherwise = "said otherwise";

    public async Task HandleAsync(Slow job, JobContext context, CancellationToken cancellationToken)
    {
        board.Add($"started {job.Text}");
        try
        {
            await board.Gate.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            board.Add($"interrupted {job.Text}");
            if (job.Text == SaidOtherwise) throw new InvalidOperationException("What it did was broken off.");
            throw;
        }

        board.Add($"finished {job.Text}");
    }
}

/// <summary>A kind that no worker of these tests knows.</summary>
public sealed record Stranger(string Text) : IJob
{
    public static string Kind => "stranger";
}

/// <summary>Fails, and is tried again after hours.</summary>
public sealed record Unlucky(string Text) : IJob
{
    public static string Kind => "unlucky";

    public static JobPolicy Policy { get; } = new() { Retry = new() { First = TimeSpan.FromHours(1), Longest = TimeSpan.FromHours(10) } };
}

public sealed class UnluckyHandler : IJobHandler<Unlucky>
{
    public Task HandleAsync(Unlucky job, JobContext context, CancellationToken cancellationToken) => throw new InvalidOperationException(job.Text);
}
