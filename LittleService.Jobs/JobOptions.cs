namespace LittleService.Jobs;

/// <summary>Settings of the queue in one process; the configuration section is <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>The name of the connection string of Postgres.</summary>
    public string DatabaseConnectionName { get; set; } = "db";

    /// <summary>The name of the connection string of Redis.</summary>
    public string RedisConnectionName { get; set; } = "redis";

    /// <summary>The tags of the queue's health checks, by which the host selects its readiness checks.</summary>
    public ISet<string> HealthTags { get; } = new HashSet<string> { "ready" };

    /// <summary>The prefix of all keys in Redis: services that share a Redis need different prefixes.</summary>
    public string KeyPrefix { get; set; } = "jobs";

    /// <summary>How many jobs a worker runs at once.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>The maximum number of jobs a worker holds, running or waiting. It is reached only while jobs take almost no time.</summary>
    public int MostHeld { get; set; } = 4096;

    /// <summary>The queues a worker serves; none means the one named <c>default</c>.</summary>
    public IList<string> Queues { get; } = [];

    /// <summary>How long a job stays with a worker that sends no heartbeat.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how many lost workers a job is quarantined.</summary>
    public int Crashes { get; set; } = 3;

    /// <summary>How often Postgres is polled for due jobs.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long running jobs may finish when the worker stops, before they are cancelled and given back.</summary>
    public TimeSpan StopWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a handler may continue after it was cancelled; then its attempt ends and its slot is free for another job.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long completions, failed attempts and ticks of schedules are kept.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long dead, quarantined and cancelled jobs are kept for operators.</summary>
    public TimeSpan KeepStopped { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often what is older is deleted, a thousand rows at a time.</summary>
    public TimeSpan CleanEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the depth of the queues is measured.</summary>
    public TimeSpan Watch { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a job may wait before the worker's health is degraded.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many jobs may wait in a queue, by queue; beyond that an enqueue is refused. A queue without an entry has no limit.
    /// </summary>
    public IDictionary<string, int> Backlogs { get; } = new Dictionary<string, int>();

    /// <summary>
    /// What a worker awaits before it first uses the database, for example the migration of the schema. By default it expects the tables to
    /// exist.
    /// </summary>
    public Func<CancellationToken, Task>? StartAfter { get; set; }

    /// <summary>The streams of the queues, those of high priority first.</summary>
    internal IReadOnlyList<(string Queue, JobPriority Priority)> Streams() =>
        [.. from priority in Enum.GetValues<JobPriority>() from queue in Queues is { Count: > 0 } queues ? queues : ["default"] select (
            queue, priority)];
}
