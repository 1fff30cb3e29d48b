namespace LittleService.Jobs;

/// <summary>A job on its way into the table.</summary>
internal sealed class NewJob
{
    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public required string Queue { get; init; }

    public required JobPriority Priority { get; init; }

    public required short Version { get; init; }

    public required byte[] Payload { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public string? UniqueKey { get; init; }

    /// <summary>Whose limit it counts against.</summary>
    public string? LimitKey { get; init; }

    public Guid? Batch { get; init; }

    /// <summary>The batch whose end it waits for.</summary>
    public Guid? Awaits { get; init; }

    public bool Sensitive { get; init; }

    public string? Trace { get; init; }

    /// <summary>The id the table knows the job by: that of an earlier one where the unique key was taken.</summary>
    public Guid StoredId { get; set; }

    /// <summary>Whether a stream may hand it out: it was stored, now, and nothing delays it.</summary>
    public bool Sent { get; set; }
}
