namespace LittleService.Jobs.Schedules;

/// <summary>When a schedule is due, as it stands in its row: the five fields and the time zone.</summary>
internal sealed record ScheduleDefinition(CronExpression Cron, TimeZoneInfo Zone)
{
    /// <summary>Reads what a worker wrote, perhaps one of another version or with other time zones.</summary>
    /// <returns>Null where this process cannot read it; <paramref name="problem"/> says why.</returns>
    public static ScheduleDefinition? Read(string text, out string? problem)
    {
        problem = null;
        var fields = text.Split(' ');
        if (fields.Length < 6)
            problem = "it is not five fields and a time zone";
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(string.Join(' ', fields[5..]), out var zone))
            problem = $"this machine knows no time zone '{string.Join(' ', fields[5..])}'";
        else
        {
            try
            {
                return new(CronExpression.Parse(string.Join(' ', fields[..5])), zone);
            }
            catch (FormatException e)
            {
                problem = e.Message;
            }
        }

        return null;
    }

    public override string ToString() => $"{Cron} {Zone.Id}";
}
