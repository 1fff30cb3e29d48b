namespace LittleService.Jobs;

/// <summary>A unit of work as a value: it is stored as JSON and handed to its <see cref="IJobHandler{TJob}"/> by a worker.</summary>
public interface IJob
{
    /// <summary>The stable name that the queue stores. Renaming the class must not change it, or jobs already stored find no handler.</summary>
    static abstract string Kind { get; }
}
