namespace LittleService.Jobs;

/// <summary>Settings of the queue in one process; the configuration section is <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>What all keys in Redis begin with: services that share a Redis need different ones.</summary>
    public string KeyPrefix { get; set; } = "jobs";

    /// <summary>How many jobs a worker runs at once.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>The queues a worker serves.</summary>
    public IList<string> Queues { get; } = [];

    /// <summary>After how long without a sign of life from its worker a job is given to another.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running jobs may finish when the worker stops, before they are cancelled and given back.</summary>
    public TimeSpan StopWait { get; set; } = TimeSpan.FromSeconds(10);
}
