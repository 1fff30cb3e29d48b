using System.Globalization;
using System.Text;
using LittleService.Tests.Processes;

namespace LittleService.ChaosWorker.Proving;

/// <summary>The findings as Markdown.</summary>
internal sealed record Report(string Text, bool IsWhole)
{
    private const string Rescues =
        """
        SELECT DISTINCT ON (job_id) a.worker, a.ended_at, e.at FROM job_attempts a JOIN effects e ON e.job = a.job_id
        WHERE a.outcome = 'worker lost' ORDER BY job_id, a.ended_at DESC
        """;

    private const string Gaps =
        """
        SELECT count(*) FROM (
          SELECT schedule, minute FROM (SELECT schedule, min(due_at) AS first, max(due_at) AS last FROM job_ticks GROUP BY schedule) AS span
          CROSS JOIN generate_series(first, last, interval '1 minute') AS minute
          EXCEPT ALL SELECT schedule, due_at FROM job_ticks) AS missing
        """;

    public static async Task<Report> WriteAsync(OwnServers servers, Graph graph, IReadOnlyList<Finding> findings, double minutes, TimeSpan took)
    {
        var rescued = await servers.QueryAsync(Rescues, static row => (Process: ProcessOf(row.GetString(0)), Lost: row.GetDateTime(1), Effect: row.GetDateTime(2)));
        var rescues = rescued.Where(job => graph.Hurt.TryGetValue(job.Process, out var hurt) && job.Lost > hurt.From && job.Lost < hurt.Until)
            .Select(job => job.Effect - graph.Hurt[job.Process].From).Order().ToList();
        var ticks = await servers.CountAsync("SELECT count(*) FROM job_ticks WHERE outcome = 'enqueued'");
        var fired = await servers.CountAsync("SELECT count(*) FROM effects WHERE key LIKE 'schedule %'");
        var gaps = await servers.CountAsync(Gaps);
        var left = await servers.QueryAsync(
            "SELECT kind || ' ' || state || ': ' || count(*) FROM jobs GROUP BY kind, state ORDER BY 1", static row => row.GetString(0));
        var attempts = await servers.QueryAsync(
            "SELECT kind || ' ' || outcome || ': ' || count(*) FROM job_attempts GROUP BY kind, outcome ORDER BY 1", static row => row.GetString(0));
        var version = (await servers.QueryAsync("SHOW server_version", static row => row.GetString(0)))[0].Split(' ')[0];
        var (lost, doubled) = (findings.Sum(finding => finding.Lost), findings.Sum(finding => finding.Doubled));
        var text = new StringBuilder()
            .AppendLine("# What the job queue survives")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Written by `script/prove-jobs --minutes {minutes}` on {DateTime.UtcNow:yyyy-MM-dd}; it took {took.TotalMinutes:0.0} minutes on {Environment.ProcessorCount} cores.")
            .AppendLine(CultureInfo.InvariantCulture, $"Postgres {version} with fsync, Redis, .NET {Environment.Version.ToString(2)}; 3 workers; 2 enqueuers with 200 jobs/s together: of 5 jobs 3 singly, 1 in a transaction, 1 delayed by a second.")
            .AppendLine("Each job writes one row in its transaction; lease 10 s. A process that died is started again at once.")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"**{findings.Sum(finding => finding.Enqueued):N0} acknowledged, {findings.Sum(finding => finding.Effects):N0} with their effect, {lost} lost, {doubled} doubled; worst rescue {Worst(rescues)}.**")
            .AppendLine()
            .AppendLine("| fault | enqueued | effects | lost | doubled | unsure | recovered in |")
            .AppendLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var one in findings)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Fault} | {one.Enqueued:N0} | {one.Effects:N0} | {one.Lost} | {one.Doubled} | {one.Unsure} | {Shown(one.Recovery)} |");
        text.AppendLine()
            .AppendLine("Enqueued: acknowledged to the enqueuer. Unsure: stored and run once, but the enqueuer died or was cut off before it heard so. Recovered in: from the moment")
            .AppendLine("all was whole again until every job acknowledged by then had its effect. A delayed one needs a second of it; one whose attempts failed meanwhile (no")
            .AppendLine("connection to be had) waits for its retry, after 1 s, 4 s, 16 s; one whose worker was lost, for the lease.")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"- Rescues: {rescues.Count:N0} jobs of killed or stopped workers; from the kill to the effect {Middle(rescues)} at the median, {Worst(rescues)} at worst (promised: 20 s to run elsewhere).")
            .AppendLine(CultureInfo.InvariantCulture, $"- Schedules: {ticks} ticks, {fired} effects, {gaps} gaps or doubles.")
            .AppendLine(CultureInfo.InvariantCulture, $"- Attempts that did not succeed: {string.Join("; ", attempts)}.")
            .AppendLine(CultureInfo.InvariantCulture, $"- Left at the end: {string.Join("; ", left)}.");
        return new(text.ToString(), lost == 0 && doubled == 0 && gaps == 0 && fired == ticks && findings.All(finding => finding.Recovery is not null));
    }

    // A worker's name is machine:process:chance.
    private static int ProcessOf(string worker) => int.Parse(worker.Split(':')[^2], CultureInfo.InvariantCulture);

    private static string Worst(List<TimeSpan> times) => times.Count == 0 ? "none" : Shown(times[^1]);

    private static string Middle(List<TimeSpan> times) => times.Count == 0 ? "none" : Shown(times[times.Count / 2]);

    private static string Shown(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.0} s") : "never";
}
