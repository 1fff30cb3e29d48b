using System.Globalization;
using Npgsql;

namespace LittleService.Data.Stats;

/// <summary>Partitions of the sums and ids: made when an event needs one, dropped as a whole when their time has passed.</summary>
internal static class StatsPartitions
{
    public const string Ids = "event_ids";

    /// <summary>The table of a grain: minutes lie in partitions of a day, hours of a month, days of a year.</summary>
    public static string Table(Grain grain) => grain switch
    {
        Grain.Minute => "event_stats_minute",
        Grain.Hour => "event_stats_hour",
        _ => "event_stats_day",
    };

    /// <summary>The partition of a table that holds a time.</summary>
    public static (DateTime Begins, DateTime Ends) Span(string table, DateTime at)
    {
        var day = at.Date;
        if (table == Table(Grain.Hour)) return (day.AddDays(1 - day.Day), day.AddDays(1 - day.Day).AddMonths(1));
        if (table == Table(Grain.Day)) return (day.AddDays(1 - day.DayOfYear), day.AddDays(1 - day.DayOfYear).AddYears(1));
        return (day, day.AddDays(1));
    }

    public static async Task EnsureAsync(
        NpgsqlConnection connection, string table, DateTime begins, DateTime ends, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select event_partition($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = table }, new() { Value = begins }, new() { Value = ends } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Drops the partitions of a table that end before a time.</summary>
    public static async Task DropAsync(NpgsqlDataSource database, string table, DateTime before, CancellationToken cancellationToken)
    {
        // Dropping locks the whole table. If the lock is not free, the function gives up until the next run rather than block queries
        // behind it.
        var parts = await database.QueryAsync<string>(
            "select inhrelid::regclass::text from pg_inherits where inhparent = @table::regclass", new { table }, cancellationToken);
        foreach (var part in parts.Where(part => Ends(table, part) <= before))
            await database.ExecuteAsync("select drop_event_partition(@part)", new { part }, cancellationToken);
    }

    private static DateTime Ends(string table, string part) =>
        Span(table, DateTime.SpecifyKind(DateTime.ParseExact(part[^8..], "yyyyMMdd", CultureInfo.InvariantCulture), DateTimeKind.Utc)).Ends;
}
