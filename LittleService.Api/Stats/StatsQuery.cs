using LittleService.Data.Stats;

namespace LittleService.Api.Stats;

/// <summary>Which sums are asked for: checked, with the defaults filled in.</summary>
public sealed record StatsQuery(string? Name, DateTime From, DateTime To, Grain Grain, bool ByName)
{
    private const int MaxBuckets = 1500;
    private const int BucketsByDefault = 60;

    /// <summary>The query, or what is wrong with it by field.</summary>
    public static (StatsQuery? Query, Dictionary<string, string[]> Errors) Parse(
        string? name, DateTimeOffset? from, DateTimeOffset? to, string? grain, string? group, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>();
        if (!TryGrain(grain, out var width)) errors["grain"] = ["Must be minute, hour or day."];
        if (group is not (null or "" or "none" or "name")) errors["group"] = ["Must be none or name."];
        if (group == "name" && !string.IsNullOrEmpty(name)) errors["group"] = ["One name cannot be grouped by name."];
        if (name is { Length: > 100 } || name?.Contains('\0') == true) errors["name"] = ["No event has such a name."];
        // Far from the ends of time, so that no sum below overflows.
        if (from?.Year is < 1970 or > 2099 || to?.Year is < 1970 or > 2099) errors["from"] = ["Must lie in the years 1970 to 2099."];
        if (errors.Count > 0) return (null, errors);

        var end = (to ?? now).UtcDateTime;
        var start = from?.UtcDateTime ?? end - width.Width() * (BucketsByDefault - 1);
        if (start >= end) errors["from"] = ["Must be before to."];
        else if ((end - start) / width.Width() > MaxBuckets)
            errors["grain"] = [$"From and to span more than {MaxBuckets} buckets: take a coarser grain."];
        return errors.Count > 0
            ? (null, errors) : (new(string.IsNullOrEmpty(name) ? null : name, width.Bucket(start), end, width, group == "name"), errors);
    }

    private static bool TryGrain(string? text, out Grain grain)
    {
        (var known, grain) = text switch
        {
            null or "" or "minute" => (true, Grain.Minute),
            "hour" => (true, Grain.Hour),
            "day" => (true, Grain.Day),
            _ => (false, Grain.Minute),
        };
        return known;
    }
}
