using System.Diagnostics;
using System.Globalization;

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

    public static async Task<Outcome> CountAsync(IStage stage, Load load, List<string> imports, int rows)
    {
        async Task<long> Count(string sql) => long.Parse((await stage.QueryAsync(sql))[0], CultureInfo.InvariantCulture);
        // What workers that were killed had in hand waits for its lease.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(90); await Task.Delay(200))
            if (await Count(Unfinished) + await Count("select count(*) from items where search is null") == 0) break;
        var names = await stage.QueryAsync("select name from items where name like 'item-%'");
        var accepted = load.Accepted.ToHashSet();
        var wrong = 0;
        foreach (var import in imports)
            wrong += Math.Abs(rows - (int)await Count($"select count(distinct name) from items where name like '{import}-%'"))
                + Math.Abs(rows - (int)await Count($"select count(*) from items where name like '{import}-%'"));
        return new(
            accepted.Count,
            accepted.Except(names).Count(),
            names.Count - names.Distinct().Count() + load.Numbers.Count - load.Numbers.Distinct().Count(),
            imports.Count * rows,
            wrong,
            await Count("select count(*) from items where search is null"),
            await Count(Unfinished) + await Count("select count(*) from jobs where state in ('dead', 'quarantined')"));
    }
}
