using LittleService.Jobs;

namespace LittleService.Data.Imports;

/// <summary>An upload of items. <c>Position</c> of <c>Size</c> bytes are done; <c>Who</c> is the name of its owner.</summary>
public sealed record Import(
    Guid Id, Guid Owner, string Who, string Mode, string State, DateTime CreatedAt, DateTime? FinishedAt, long Size, long Position,
    int Line,
    int RowsAdded, int RowsRefused, int Run, Guid? JobId, string? Reason)
{
    internal const string Columns =
        "id, owner, who, mode, state, created_at, finished_at, size, position, line, rows_added, rows_refused, run, job_id, reason";

    public const string RowByRow = "row-by-row";
    public const string AllOrNothing = "all-or-nothing";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>From 0 to 1.</summary>
    public double Progress => State == Completed ? 1 : Size == 0 ? 0 : (double)Position / Size;
}

/// <summary>A row that was refused.</summary>
public sealed record ImportError(int Line, string Reason);

/// <summary>The import has ended, was cancelled, or belongs to another attempt: nothing was written.</summary>
public sealed class ImportOverException() : Exception("The import is over for this attempt.");

/// <summary>Adds the rows of an upload.</summary>
public sealed record ImportItems(Guid ImportId) : IJob
{
    public static string Kind => "import_items";

    // Each holds a connection and a processor.
    public static JobPolicy Policy { get; } = new() { MaxRunning = 4 };
}

/// <summary>Deletes old imports and abandoned uploads.</summary>
public sealed record CleanImports : IJob
{
    public static string Kind => "clean_imports";
}
