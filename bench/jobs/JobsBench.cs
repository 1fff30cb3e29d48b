using System.Diagnostics;
using LittleService.Jobs;
using LittleService.Jobs.Storage;
using LittleService.JobsBench;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

// One measurement per call, for bench/jobs.sh. Servers by ConnectionStrings__db and ConnectionStrings__redis.
var count = args.Length > 1 ? int.Parse(args[1]) : 0;
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var board = new Board { Expected = count };
builder.Services.AddSingleton(board);
await using var database = NpgsqlDataSource.Create(builder.Configuration.GetConnectionString("db")!);
await (args[0] switch
{
    "migrate" => MigrateAsync(),
    "single" or "transaction" or "bulk" or "effects" => EnqueueAsync(),
    "drain" => DrainAsync(),
    "serve" => ServeAsync(),
    "send" => SendAsync(),
    var verb => throw new ArgumentException($"unknown verb {verb}"),
});

async Task MigrateAsync()
{
    await new Migrator(database, NullLogger<Migrator>.Instance, JobSchema.Migrations).MigrateAsync(default);
    await ExecuteAsync("CREATE TABLE bench_effects (id uuid PRIMARY KEY, i int NOT NULL)");
}

async Task EnqueueAsync()
{
    using var host = builder.AddClient();
    var jobs = host.Services.GetRequiredService<JobClient>();
    await EnqueueSomeAsync(jobs, Math.Min(10_000, count), new() { Queue = "warm" });
    await Task.Delay(500);
    var started = Stopwatch.GetTimestamp();
    await EnqueueSomeAsync(jobs, count, null);
    Console.WriteLine($"{count / Stopwatch.GetElapsedTime(started).TotalSeconds:F0}");
}

async Task EnqueueSomeAsync(JobClient jobs, int most, EnqueueOptions? options)
{
    if (args[0] is "single" or "transaction")
        await TogetherAsync(50, most, args[0] == "single" ? i => jobs.EnqueueAsync(Noop.Create(i, 0), options) : i => TransactionAsync(jobs, i, options));
    else
        foreach (var part in Enumerable.Range(0, most).Chunk(1000))
        {
            if (args[0] == "bulk")
                await jobs.EnqueueManyAsync(part.Select(i => Noop.Create(i, 0)), options);
            else
                await jobs.EnqueueManyAsync(part.Select(Effect.Create), options);
        }
}

async Task TransactionAsync(JobClient jobs, int i, EnqueueOptions? options)
{
    await using var transaction = await jobs.BeginAsync(default);
    await using (var insert = new NpgsqlCommand("INSERT INTO bench_effects (id, i) VALUES ($1, $2)", transaction.Connection, transaction.Transaction))
    {
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = i });
        await insert.ExecuteNonQueryAsync();
    }

    transaction.Enqueue(Noop.Create(i, 0), options);
    await transaction.CommitAsync(default);
}

async Task TogetherAsync(int concurrency, int most, Func<int, Task> enqueue)
{
    var next = -1;
    await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
    {
        for (int i; (i = Interlocked.Increment(ref next)) < most;)
            await enqueue(i);
    })));
}

// From the moment the worker begins to consume, connecting included, until the last end is committed. Prints jobs/s and the peak memory in MB.
async Task DrainAsync()
{
    using var host = builder.AddWorker();
    await using var look = await database.OpenConnectionAsync();
    await using var ended = new NpgsqlCommand("SELECT coalesce(sum(cardinality(ids)), 0) FROM job_completions WHERE finished_at > $1", look);
    ended.Parameters.Add(new() { Value = await new NpgsqlCommand("SELECT clock_timestamp()", look).ExecuteScalarAsync() });
    await ended.PrepareAsync();
    var started = Stopwatch.GetTimestamp();
    await host.StartAsync();
    await board.Full.WaitAsync(TimeSpan.FromMinutes(3));
    while ((long)(await ended.ExecuteScalarAsync())! < count)
        await Task.Delay(2);
    var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    Console.WriteLine($"{rate:F0} {PeakMegabytes()}");
    await host.StopAsync();
}

async Task ServeAsync()
{
    using var host = builder.AddWorker();
    await host.StartAsync();
    Console.WriteLine("ready");
    await board.Full.WaitAsync(TimeSpan.FromMinutes(3));
    Console.WriteLine($"done {board.Latency(.5):F2} {board.Latency(.99):F2} {PeakMegabytes()}");
    await host.StopAsync();
}

// 50 to warm up, then the rest timed, one every 10 ms.
async Task SendAsync()
{
    using var host = builder.AddClient();
    var jobs = host.Services.GetRequiredService<JobClient>();
    for (var i = 0; i < 50; i++)
    {
        await jobs.EnqueueAsync(Noop.Create(i, 0));
        await Task.Delay(5);
    }

    await Task.Delay(300);
    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
    var pending = new List<Task>();
    for (var i = 50; i < count; i++)
    {
        await timer.WaitForNextTickAsync();
        pending.Add(jobs.EnqueueAsync(Noop.Create(i, Stopwatch.GetTimestamp())));
    }

    await Task.WhenAll(pending);
}

async Task ExecuteAsync(string sql)
{
    await using var command = database.CreateCommand(sql);
    await command.ExecuteNonQueryAsync();
}

static string PeakMegabytes() =>
    $"{long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024}";
