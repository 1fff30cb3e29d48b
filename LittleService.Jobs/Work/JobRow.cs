namespace LittleService.Jobs.Work;

/// <summary>What a row in Postgres, or an entry of a stream, says of a job.</summary>
internal abstract class JobRow
{
    public required Guid Id { get; init; }

    /// <summary>The fencing token: incremented whenever the job changes hands. Every write about the job names it.</summary>
    public required int Token { get; init; }

    public required string Queue { get; init; }

    public required string Kind { get; init; }

    public required short Version { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the payload is encrypted.</summary>
    public bool Sensitive { get; init; }

    public required JobPriority Priority { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public string? Trace { get; init; }

    /// <summary>Attempts that ended before this one.</summary>
    public required int Attempts { get; init; }

    /// <summary>This attempt, counted from 1.</summary>
    public int Attempt => Attempts + 1;

    /// <summary>Two workers were lost with it: it may be what killed them, so no other such job is run beside it.</summary>
    public bool Suspect { get; init; }
}
