using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>At most three at once, and of a customer two.</summary>
public sealed record Limited(string Text) : IJob
{
    public static string Kind => "limited";

    public static JobPolicy Policy { get; } = new() { MaxRunning = 3, MaxRunningPerKey = 2 };
}

public sealed class LimitedHandler(Board board) : IJobHandler<Limited>
{
    public async Task HandleAsync(Limited job, JobContext context, CancellationToken cancellationToken)
    {
        board.Enter("of the kind");
        board.Enter(job.Text);
        await Task.Delay(100, cancellationToken);
        board.Leave(job.Text);
        board.Leave("of the kind");
    }
}

/// <summary>Five in two seconds.</summary>
public sealed record Rated(string Text) : IJob
{
    public static string Kind => "rated";

    public static JobPolicy Policy { get; } = new() { Rate = 5, RatePeriod = TimeSpan.FromSeconds(2) };
}

public sealed class RatedHandler(Board board) : IJobHandler<Rated>
{
    public Task HandleAsync(Rated job, JobContext context, CancellationToken cancellationToken)
    {
        board.Add(job.Text);
        return Task.CompletedTask;
    }
}

/// <summary>Reports progress; its payload is encrypted at rest.</summary>
public sealed record Measured(string Secret) : IJob
{
    public static string Kind => "measured";

    public static JobPolicy Policy { get; } = new() { Sensitive = true };
}

public sealed class MeasuredHandler(Board board) : IJobHandler<Measured>
{
    public async Task HandleAsync(Measured job, JobContext context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(0.5, "half way", cancellationToken);
        board.Add($"half of {job.Secret}");
        await board.Gate.Task.WaitAsync(cancellationToken);
        board.Add(job.Secret);
    }
}

/// <summary>A newer contract than the worker knows, and the one it knows.</summary>
public sealed record NoteOfTomorrow(string Text) : IJob
{
    public static string Kind => "note";

    public static JobPolicy Policy { get; } = new() { Version = 2 };
}

/// <summary>Writes a row, then waits for the gate whatever it is told, and goes on.</summary>
public sealed record Deaf(string Key) : IJob
{
    public static string Kind => "deaf";

    public static JobPolicy Policy { get; } = new() { Retry = new() { Attempts = 1 }, Timeout = TimeSpan.FromMilliseconds(300) };
}

public sealed class DeafHandler(Board board) : IJobHandler<Deaf>
{
    public async Task HandleAsync(Deaf job, JobContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.TransactionAsync(CancellationToken.None);
        await using var insert = new Npgsql.NpgsqlCommand("INSERT INTO effects (key) VALUES ($1)", transaction.Connection, transaction);
        insert.Parameters.Add(new() { Value = job.Key });
        await insert.ExecuteNonQueryAsync(CancellationToken.None);
        board.Add(job.Key);
        await board.Gate.Task;
        try
        {
            await context.ReportProgressAsync(1, "too late", CancellationToken.None);
        }
        catch (JobLostException)
        {
            board.Add("refused its progress");
        }
    }
}
