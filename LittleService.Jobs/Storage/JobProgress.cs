using LittleService.Jobs.Work;
using Npgsql;

namespace LittleService.Jobs.Storage;

/// <summary>How far a running job is.</summary>
internal static class JobProgress
{
    private const int LongestNote = 2000;

    private const string Report = "UPDATE jobs SET progress = $3, note = $4 WHERE id = $1 AND token = $2";

    /// <summary>False when the job belongs to another attempt.</summary>
    public static async Task<bool> ReportAsync(
        NpgsqlDataSource source, HeldJob job, double progress, string? note, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Report);
        command.Parameters.Add(new() { Value = job.Id });
        command.Parameters.Add(new() { Value = job.Token });
        command.Parameters.Add(new() { Value = (float)Math.Clamp(progress, 0, 1) });
        command.Parameters.Add(new() { Value = note is null ? DBNull.Value : PostgresText.Storable(note, LongestNote) });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
