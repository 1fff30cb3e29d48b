using System.Globalization;
using LittleService.Jobs;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LittleService.ChaosWorker;

/// <summary>
/// Enqueues steadily, <c>Chaos__PerSecond</c> jobs (100), whatever happens, and writes the key of each job that was acknowledged to standard
/// output. Each line on standard input is a new prefix for the keys. One that is to die enqueues singly, so that it dies after a commit.
/// </summary>
internal sealed class Enqueuer(JobClient jobs, Microsoft.Extensions.Configuration.IConfiguration configuration) : BackgroundService
{
    private const int TicksPerSecond = 20;
    private readonly bool _simple = configuration["Chaos:DieAfter"] is not null;
    private volatile string _prefix = configuration["Chaos:Prefix"] ?? "";
    private int _count;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ = Task.Run(ReadPrefixes, stoppingToken);
        var perTick = int.Parse(configuration["Chaos:PerSecond"] ?? "100", CultureInfo.InvariantCulture) / TicksPerSecond;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            for (var i = 0; i < perTick; i++)
                _ = EnqueueAsync(i, stoppingToken);
        }
    }

    private void ReadPrefixes()
    {
        while (Console.ReadLine() is { } line)
            _prefix = line;
    }

    private async Task EnqueueAsync(int i, CancellationToken cancellationToken)
    {
        var job = new CountedEffect($"{_prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}", Random.Shared.Next(40));
        try
        {
            if (i == 0 && !_simple)
                await EnqueueWithItsRowsAsync(job, cancellationToken);
            else
                await jobs.EnqueueAsync(job, i == 1 && !_simple ? new() { RunAt = DateTimeOffset.UtcNow.AddSeconds(1) } : null, cancellationToken);
            await Console.Out.WriteLineAsync(job.Key);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            // Not acknowledged: it may or may not be stored.
        }
    }

    private async Task EnqueueWithItsRowsAsync(CountedEffect job, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        transaction.Enqueue(job);
        await transaction.CommitAsync(cancellationToken);
    }
}
