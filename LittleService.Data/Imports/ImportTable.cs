using Npgsql;

namespace LittleService.Data.Imports;

/// <summary>The rows of imports, as api and worker read them.</summary>
internal static class ImportTable
{
    public const string Columns =
        "id, owner, who, mode, state, created_at, finished_at, size, position, line, rows_added, rows_refused, run, job_id, reason";

    public static Import Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetDateTime(5),
        row.GetFieldValue<DateTime?>(6), row.GetInt64(7), row.GetInt64(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11),
        row.GetInt32(12), row.GetFieldValue<Guid?>(13), row.IsDBNull(14) ? null : row.GetString(14));
}
