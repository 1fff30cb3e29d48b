namespace LittleService.Jobs.Work;

/// <summary>How a job came to this worker.</summary>
internal enum JobSource
{
    /// <summary>By its stream: the fast path.</summary>
    Stream,

    /// <summary>From Postgres, since no stream named it, or the streams could not be read.</summary>
    Postgres,

    /// <summary>From Postgres, as every delayed, retried or limited job when it is due.</summary>
    Due,
}
