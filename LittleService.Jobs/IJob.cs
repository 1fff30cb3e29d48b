namespace LittleService.Jobs;

/// <summary>A unit of work as a value: it is stored as JSON and handed to its <see cref="IJobHandler{TJob}"/> by a worker.</summary>
public interface IJob
{
    /// <summary>
    /// The stable name that the queue stores: lower-case letters, digits, <c>_ . -</c>, at most 64. Renaming the class must not change it,
    /// or jobs already stored find no handler.
    /// </summary>
    static abstract string Kind { get; }

    /// <summary>
    /// How jobs of this kind are queued, retried and bounded. It is declared with the job so that clients and workers agree.
    /// </summary>
    static virtual JobPolicy Policy => JobPolicy.Default;
}
