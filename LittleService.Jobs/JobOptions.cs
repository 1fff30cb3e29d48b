namespace LittleService.Jobs;

/// <summary>Settings of the queue in one process; the configuration section is <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>The name of the connection string of Postgres.</summary>
    public string DatabaseConnectionName { get; set; } = "db";

    /// <summary>The name of the connection string of Redis.</summary>
    public string RedisConnectionName { get; set; } = "redis";

    /// <summary>The tags of the queue's health checks: those by which the host chooses what makes it ready.</summary>
    public ISet<string> HealthTags { get; } = new HashSet<string> { "ready" };

    /// <summary>What all keys in Redis begin with: services that share a Redis need different ones.</summary>
    public string KeyPrefix { get; set; } = "jobs";

    /// <summary>How many jobs a worker runs at once.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>The most jobs a worker holds, running or in line. It comes near it only while jobs take next to no time.</summary>
    public int MostHeld { get; set; } = 4096;

    /// <summary>The queues a worker serves; none means the one named <c>default</c>.</summary>
    public IList<string> Queues { get; } = [];

    /// <summary>After how long without a sign of life from its worker a job is given to another.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many lost workers a job may have had; with that many it is put into quarantine.</summary>
    public int Crashes { get; set; } = 3;

    /// <summary>How often Postgres is asked for jobs whose time has come.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long running jobs may finish when the worker stops, before they are cancelled and given back.</summary>
    public TimeSpan StopWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a handler may go on after it was told to stop; then its attempt is over, and its slot goes to another job.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long completions, failed attempts and ticks of schedules are remembered.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long dead, quarantined and cancelled jobs wait for somebody to look at them.</summary>
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
    /// What a worker waits for before it first touches the database, so that it is quiet where something else brings the schema up to date
    /// while it starts. By default it takes the tables for granted.
    /// </summary>
    public Func<CancellationToken, Task>? StartAfter { get; set; }

    /// <summary>The streams of the queues, those of high priority first.</summary>
    internal IReadOnlyList<(string Queue, JobPriority Priority)> Streams() =>
        [.. from priority in Enum.GetValues<JobPriority>() from queue in Queues is { Count: > 0 } queues ? queues : ["default"] select (
            queue, priority)];
}
