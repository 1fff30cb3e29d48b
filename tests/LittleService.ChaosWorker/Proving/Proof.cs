using System.Diagnostics;
using System.Globalization;
using LittleService.Jobs;
using LittleService.Jobs.Storage;
using LittleService.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LittleService.ChaosWorker.Proving;

/// <summary>Runs the service under a steady load, hurts it in every way of <see cref="Faults"/>, and counts.</summary>
internal sealed class Proof(OwnServers servers, Graph graph)
{
    private const string Effects =
        "CREATE TABLE effects (key text NOT NULL, worker text, job uuid, at timestamptz NOT NULL DEFAULT clock_timestamp()); CREATE INDEX ON effects (key text_pattern_ops)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly List<Finding> _findings = [];

    /// <summary>Arguments: <c>--minutes N</c> (about, never under 3; 9 is the long form), <c>--report file</c>. Returns 1 where a job was lost or doubled.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var minutes = double.Parse(Option(args, "--minutes") ?? "9", CultureInfo.InvariantCulture);
        await using var servers = new OwnServers();
        await servers.StartAsync();
        await new Migrator(servers.Source, NullLogger<Migrator>.Instance, JobSchema.Migrations).MigrateAsync(CancellationToken.None);
        await servers.ExecuteAsync(Effects);
        await using var graph = new Graph(servers);
        graph.Start();
        var proof = new Proof(servers, graph);
        var report = await proof.FindAsync(new Faults(servers, graph, Math.Max(0.05, (minutes - 3) / 6)), minutes);
        await Console.Out.WriteLineAsync(report.Text);
        if (Option(args, "--report") is { } file)
            await File.WriteAllTextAsync(file, report.Text);
        return report.IsWhole ? 0 : 1;
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    private async Task<Report> FindAsync(Faults faults, double minutes)
    {
        var started = DateTime.UtcNow;
        await Task.Delay(5000);
        foreach (var (name, act) in faults.All)
            _findings.Add(await TryAsync($"p{_findings.Count:00}", name, act));
        await graph.StopEnqueuersAsync();
        for (var i = 0; i < _findings.Count; i++)
            _findings[i] = await CountAsync(_findings[i]);

        // Those that nobody acknowledged end too.
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Patience; await Task.Delay(100))
        {
            if (await servers.CountAsync("SELECT count(*) FROM jobs WHERE kind = $1 AND finished_at IS NULL", CountedEffect.Kind) == 0)
                break;
        }

        return await Report.WriteAsync(servers, graph, _findings, minutes, DateTime.UtcNow - started);
    }

    private async Task<Finding> TryAsync(string phase, string name, Func<Task> act)
    {
        await Console.Error.WriteLineAsync($"{DateTime.UtcNow:HH:mm:ss} {name}");
        graph.Begin(phase);
        await Task.Delay(2000);
        await act();
        var whole = Stopwatch.GetTimestamp();
        var recovery = await RecoverAsync(phase, whole);
        await Task.Delay(2000);
        return new() { Phase = phase, Fault = name, Recovery = recovery };
    }

    // From the moment that all is whole again until every job that was acknowledged by then has had its effect.
    private async Task<TimeSpan?> RecoverAsync(string phase, long whole)
    {
        var wanted = graph.KeysOf(phase).Where(key => key.Value <= whole).Select(key => key.Key).ToHashSet();
        while (Stopwatch.GetElapsedTime(whole) < Patience)
        {
            try
            {
                wanted.ExceptWith(await EffectsAsync(phase));
            }
            catch (NpgsqlException)
            {
                // It is not yet whole after all.
            }

            if (wanted.Count == 0)
                return Stopwatch.GetElapsedTime(whole);
            await Task.Delay(100);
        }

        return null;
    }

    private Task<List<string>> EffectsAsync(string phase) => servers.QueryAsync("SELECT key FROM effects WHERE key LIKE $1", static row => row.GetString(0), $"{phase}-%");

    private async Task<Finding> CountAsync(Finding finding)
    {
        await RecoverAsync(finding.Phase, Stopwatch.GetTimestamp());
        var acknowledged = graph.KeysOf(finding.Phase);
        var effects = (await EffectsAsync(finding.Phase)).CountBy(key => key).ToDictionary();
        return finding with
        {
            Enqueued = acknowledged.Count,
            Effects = effects.Count(effect => acknowledged.ContainsKey(effect.Key)),
            Unsure = effects.Count(effect => !acknowledged.ContainsKey(effect.Key)),
            Doubled = effects.Count(effect => effect.Value > 1),
        };
    }
}

/// <summary>What a fault did to the jobs that were enqueued meanwhile.</summary>
internal sealed record Finding
{
    public required string Phase { get; init; }

    public required string Fault { get; init; }

    /// <summary>Null where it did not recover.</summary>
    public TimeSpan? Recovery { get; init; }

    public int Enqueued { get; init; }

    public int Effects { get; init; }

    /// <summary>Jobs that were stored although their enqueuer never heard so.</summary>
    public int Unsure { get; init; }

    public int Doubled { get; init; }

    public int Lost => Enqueued - Effects;
}
