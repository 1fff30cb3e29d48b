using System.Globalization;
using LittleService.Data.Health;
using LittleService.Jobs;
using Microsoft.AspNetCore.WebUtilities;

namespace LittleService.Api.Admin;

/// <summary>What stands in the address of a list of jobs. What is no filter filters nothing: these addresses are typed by people.</summary>
internal static class JobFilters
{
    /// <summary>States of jobs that can be put back into their queue.</summary>
    public static readonly string[] Replayable = ["dead", "quarantined", "parked", "cancelled"];

    public static JobSearch Search(string? state, string? kind, string? queue, Guid? after, DateTime? afterEnd) => new()
    {
        States = JobReader.States.Where(known => known == state).ToList(),
        Kind = Text(kind),
        Queue = Text(queue),
        After = after,
        AfterEnd = afterEnd?.ToUniversalTime(),
    };

    public static ReplayFilter Replay(string? state, string? kind, DateTime? since) => new()
    {
        States = Replayable.Contains(state) ? [state!] : ["dead", "quarantined"],
        Kind = Text(kind),
        EndedSince = since is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null,
    };

    /// <summary>The address of the page that follows the one that ends with <paramref name="last"/>.</summary>
    public static string Next(string path, IQueryCollection query, JobSummary last) => QueryHelpers.AddQueryString(path,
    [
        .. query.Where(part => part.Key is "state" or "queue" or "kind" or "search" or "since")
            .Select(part => KeyValuePair.Create(part.Key, (string?)part.Value)),
        new("after", last.Id.ToString()),
        .. last.State == "completed"
            ? [KeyValuePair.Create("afterEnd", last.EndedAt?.ToString("O"))]
            : Array.Empty<KeyValuePair<string, string?>>(),
    ]);

    /// <summary>Whether the process reported recently enough to count as running.</summary>
    public static bool IsHeard(this ProcessReport report, TimeProvider time) =>
        time.GetUtcNow() - report.HeardAt < 4 * ProcessReports.Period;

    public static T? Value<T>(string? text)
        where T : struct, IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) || text.Contains('\0') ? null : text.Trim();
}
