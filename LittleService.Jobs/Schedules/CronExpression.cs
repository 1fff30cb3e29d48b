using Cronos;
using Cron = Cronos.CronExpression;

namespace LittleService.Jobs.Schedules;

/// <summary>
/// Five fields as cron has them: minute, hour, day of month, month, day of week; read by <see
/// href="https://github.com/HangfireIO/Cronos">Cronos</see>, so names (<c>MON</c>, <c>JAN</c>), <c>L</c>, <c>W</c> and <c>#</c> are
/// understood. If both day fields are restricted, either may match, as in cron itself. A time that a change of clocks skips fires at the
/// first moment after the gap, unless the hour is <c>*</c>; one that it repeats fires the first time only, unless the hour is <c>*</c>, a
/// range or a step.
/// </summary>
public sealed class CronExpression
{
    private readonly string _text;

    // One; or two if either day field may match, which Cronos would combine with AND.
    private readonly List<Cron> _parts;
    private readonly bool _everyHour;

    private CronExpression(string[] fields, List<Cron> parts) =>
        (_text, _parts, _everyHour) = (string.Join(' ', fields), parts, fields[1] == "*");

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is invalid, and the message names the field; or it is never due, like February 30.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            throw new FormatException(
                $"'{text}' is no cron expression: it needs five fields, minute, hour, day of month, month and day of week.");
        var parts = IsAny(fields[2]) || IsAny(fields[4])
            ? [Read(text, fields)]
            : (List<Cron>)[Read(text, [.. fields[..4], "*"]), Read(text, [.. fields[..2], "*", .. fields[3..]])];
        var cron = new CronExpression(fields, parts);
        return cron.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null
            ? throw new FormatException($"'{text}' is never due: no year has such a day.")
            : cron;
    }

    /// <summary>The first due time after <paramref name="after"/>, in UTC; null where there is none before the year 2100.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) =>
        _parts.Select(part => Next(part, after, zone)).Min()?.ToUniversalTime();

    /// <summary>
    /// The due times after <paramref name="after"/> up to and including <paramref name="until"/>, in order, in UTC, each when it is asked
    /// for.
    /// </summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        for (var due = Next(after, zone); due <= until; due = Next(due.Value, zone))
            yield return due.Value;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private DateTimeOffset? Next(Cron part, DateTimeOffset after, TimeZoneInfo zone)
    {
        var from = after;
        while (true)
        {
            var next = part.GetNextOccurrence(from, zone);

            // In a gap of a whole day, as Samoa had one, Cronos gives the last time before it again and again: the gap is left hour by
            // hour.
            if (next <= after)
                from = from.AddHours(1);

            // The end of a gap. The hour before it already has what a wildcard asks for.
            else if (next is { } due && _everyHour && !IsOn(part, due.DateTime))
                from = due;
            else
                return next;
        }
    }

    private static bool IsOn(Cron part, DateTime local)
    {
        var utc = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        return part.GetNextOccurrence(utc, inclusive: true) == utc;
    }

    private static bool IsAny(string field) => field.StartsWith('*') || field == "?";

    private static Cron Read(string text, string[] fields)
    {
        try
        {
            return Cron.Parse(string.Join(' ', fields), CronFormat.Standard);
        }
        catch (CronFormatException e)
        {
            throw new FormatException($"'{text}' is no cron expression: {e.Message}", e);
        }
    }
}
