using System.Diagnostics;

namespace LittleService.Data.Audit;

/// <summary>An entry to write.</summary>
/// <param name="Who">The account, the key or the part of the service that made it.</param>
/// <param name="What">A stable name with a dot, as in <c>item.added</c>.</param>
/// <param name="Subject">The id of what was changed.</param>
/// <param name="Details">More details for readers; no secrets.</param>
public sealed record AuditEntry(string Who, string What, string Subject, string? Details = null)
{
    /// <summary>The trace of the request that made the change.</summary>
    public string? Trace { get; init; } = Activity.Current?.TraceId.ToString();
}

/// <summary>An entry as it is read.</summary>
public sealed record AuditRow(Guid Id, DateTime At, string Who, string What, string Subject, string? Details, string? Trace);
