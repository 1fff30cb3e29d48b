using LittleService.Data.Imports;

namespace LittleService.Api.Imports;

/// <summary>
/// An import as its owner sees it. <c>Progress</c> goes from 0 to 1; <c>Errors</c> lists the first of the rows that were refused.
/// </summary>
public sealed record ImportView(
    Guid Id, string Mode, string State, double Progress, int RowsAdded, int RowsRefused, DateTime CreatedAt, DateTime? FinishedAt,
    string? Reason, Guid? JobId,
    List<ImportError> Errors)
{
    public static ImportView From(Import import, List<ImportError> errors) => new(
        import.Id, import.Mode, import.State, import.Progress, import.RowsAdded, import.RowsRefused, import.CreatedAt, import.FinishedAt,
        import.Reason,
        import.JobId, errors);
}
