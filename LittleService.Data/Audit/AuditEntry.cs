using System.Diagnostics;

namespace LittleService.Data.Audit;

/// <summary>A change as it is written down.</summary>
/// <param name="Who">The account, the key or the part of the service that made it.</param>
/// <param name="What">A stable name with a dot, as in <c>item.added</c>.</param>
/// <param name="Subject">The id of what was changed.</param>
/// <param name="Details">A few words more, for people; no secrets.</param>
public sealed record AuditEntry(string Who, string What, string Subject, string? Details = null)
{
    /// <summary>The trace of the request that made the change.</summary>
    public string? Trace { get; init; } = Activity.Current?.TraceId.ToString();
}

/// <summary>A change as it is read back.</summary>
public sealed record AuditRow(Guid Id, DateTime At, string Who, string What, string Subject, string? Details, string? Trace);
