using System.Globalization;

namespace LittleService.Jobs.Schedules;

/// <summary>
/// Five fields as cron has them: minute, hour, day of month, month, day of week (0 or 7 is Sunday), each <c>*</c>, a number, a range, a list,
/// a step. Where both days are given, either will do. A time that a change of clocks skips fires at the first moment after the gap; one that
/// it repeats fires the first time only, unless the hour is <c>*</c>.
/// </summary>
public sealed class CronExpression
{
    private static readonly (string Name, int Least, int Most)[] Fields =
        [("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7)];

    private readonly string _text;
    private readonly bool[][] _allowed;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;
    private readonly bool _everyHour;

    private CronExpression(string text, string[] fields, bool[][] allowed)
    {
        (_text, _allowed) = (text, allowed);
        allowed[4][0] |= allowed[4][7];
        (_everyHour, _anyDay, _anyWeekday) = (fields[1].StartsWith('*'), fields[2].StartsWith('*'), fields[4].StartsWith('*'));
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none; the message names the field.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields.Length)
            throw new FormatException($"'{text}' is no cron expression: it needs five fields, minute, hour, day of month, month and day of week.");
        return new(string.Join(' ', fields), fields, [.. fields.Select((field, i) => ParseField(text, field, Fields[i]))]);
    }

    /// <summary>The due times after <paramref name="after"/> up to and including <paramref name="until"/>, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);

        // Local time is walked, as that is what the fields speak of. Where clocks go back it passes twice, hence the set and the margins.
        var found = new SortedSet<DateTimeOffset>();
        var end = TimeZoneInfo.ConvertTime(until, zone).DateTime.AddHours(3);
        for (var local = Minute(TimeZoneInfo.ConvertTime(after, zone).DateTime.AddHours(-3)); local <= end; local = Next(local))
        {
            if (IsDue(local))
                found.UnionWith(Moments(local, zone).Where(due => due > after && due <= until));
        }

        return [.. found];
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static bool[] ParseField(string text, string field, (string Name, int Least, int Most) range)
    {
        var allowed = new bool[range.Most + 1];
        foreach (var part in field.Split(','))
        {
            var slash = part.Split('/');
            var ends = slash[0].Split('-');
            var step = slash.Length == 2 ? Number(slash[1]) : 1;
            var from = slash[0] == "*" ? range.Least : Number(ends[0]);
            var to = slash[0] == "*" ? range.Most : ends.Length == 2 ? Number(ends[1]) : slash.Length == 2 ? range.Most : from;
            if (slash.Length > 2 || ends.Length > 2 || step is null or < 1 || from is null || to is null || from < range.Least || to > range.Most || from > to)
                throw new FormatException($"'{text}' is no cron expression: '{part}' is no {range.Name} ({range.Least} to {range.Most}).");
            for (var i = from.Value; i <= to; i += step.Value)
                allowed[i] = true;
        }

        return allowed;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTime Minute(DateTime time) => new(time.Year, time.Month, time.Day, time.Hour, time.Minute, 0, DateTimeKind.Unspecified);

    // Days and hours that cannot be due are skipped whole.
    private DateTime Next(DateTime local) =>
        !IsDay(local) ? local.Date.AddDays(1) : !_allowed[1][local.Hour] ? local.Date.AddHours(local.Hour + 1) : local.AddMinutes(1);

    private bool IsDue(DateTime local) => IsDay(local) && _allowed[1][local.Hour] && _allowed[0][local.Minute];

    private bool IsDay(DateTime local)
    {
        if (!_allowed[3][local.Month])
            return false;
        var (day, weekday) = (_allowed[2][local.Day], _allowed[4][(int)local.DayOfWeek]);
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }

    private IEnumerable<DateTimeOffset> Moments(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            // The hour before the gap already has what a wildcard asks for.
            if (!_everyHour)
                yield return EndOfGap(local, zone);
        }
        else if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local).OrderDescending().ToList();
            foreach (var offset in _everyHour ? offsets : offsets[..1])
                yield return new DateTimeOffset(local, offset).ToUniversalTime();
        }
        else
        {
            yield return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }
    }

    private static DateTimeOffset EndOfGap(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
