using Npgsql;

namespace LittleService.Jobs.Schedules;

/// <summary>A row of a schedule as operators look at it.</summary>
internal static class ScheduleRow
{
    /// <summary>Reads a row of <see cref="Storage.JobReaderSql.Schedules"/>, and reckons when it is due next.</summary>
    public static ScheduleView Read(NpgsqlDataReader row)
    {
        var (text, running) = (row.GetString(1), row.GetBoolean(6));
        var definition = ScheduleDefinition.Read(text, out var problem);
        var next = running ? definition?.Cron.Next(row.GetFieldValue<DateTimeOffset>(7), definition.Zone) : null;
        return new(
            row.GetString(0), text, next, row.GetFieldValue<DateTime?>(2), row.IsDBNull(3) ? null : row.GetString(3),
            row.GetFieldValue<Guid?>(4))
        {
            SeenAt = row.GetDateTime(5),
            IsRunning = running,
            Problem = problem,
        };
    }
}
