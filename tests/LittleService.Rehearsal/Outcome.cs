using System.Diagnostics;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>What the database holds in the end, against what was accepted.</summary>
/// <param name="Items">Items that were accepted.</param>
/// <param name="Lost">Of them, those that are not there.</param>
/// <param name="Doubled">Items that are there more than once, and numbers that the page showed twice.</param>
/// <param name="Imported">Rows of imports that were accepted.</param>
/// <param name="ImportedWrong">By how many rows what the imports added differs.</param>
/// <param name="JobsLost">Items whose job was not run.</param>
/// <param name="JobsLeft">Jobs that neither succeeded nor wait for their time.</param>
internal sealed record Outcome(int Items, int Lost, int Doubled, int Imported, int ImportedWrong, long JobsLost, long JobsLeft)
{
    private const string Unfinished = "select count(*) from jobs where finished_at is null and state <> 'scheduled' and kind not like '%stats%'";

    public bool IsWhole => this is { Lost: 0, Doubled: 0, ImportedWrong: 0, JobsLost: 0, JobsLeft: 0 };

    public static async Task<Outcome> CountAsync(OwnServers servers, Load load, List<string> imports, int rows)
    {
        // What workers that were killed had in hand waits for its lease.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(90); await Task.Delay(200))
            if (await servers.CountAsync(Unfinished) + await servers.CountAsync("select count(*) from items where search is null") == 0) break;
        var names = await servers.QueryAsync("select name from items where name like 'item-%'", static row => row.GetString(0));
        var accepted = load.Accepted.ToHashSet();
        var wrong = 0;
        foreach (var import in imports)
            wrong += Math.Abs(rows - (int)await servers.CountAsync("select count(distinct name) from items where name like $1", $"{import}-%"))
                + Math.Abs(rows - (int)await servers.CountAsync("select count(*) from items where name like $1", $"{import}-%"));
        return new(
            accepted.Count,
            accepted.Except(names).Count(),
            names.Count - names.Distinct().Count() + load.Numbers.Count - load.Numbers.Distinct().Count(),
            imports.Count * rows,
            wrong,
            await servers.CountAsync("select count(*) from items where search is null"),
            await servers.CountAsync(Unfinished) + await servers.CountAsync("select count(*) from jobs where state in ('dead', 'quarantined')"));
    }
}
