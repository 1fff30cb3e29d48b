using System.Globalization;
using System.Text;

namespace LittleService.Rehearsal;

/// <summary>What was seen, as Markdown.</summary>
internal sealed record Report(string Text, bool IsGood)
{
    public static Report Write(
        IStage stage, Release before, Release now, bool brief, DateTimeOffset started, IReadOnlyList<Phase> phases, DrainOrder order, Outcome outcome)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"# Rehearsal: {stage.Name}");
        Line($"");
        Line($"Written by `script/rehearse {stage.Name}{(brief ? " --short" : "")}` on {started:yyyy-MM-dd}; it took {(DateTimeOffset.UtcNow - started).TotalMinutes:0.0} minutes on {Environment.ProcessorCount} cores.");
        Line($"A is {before.Version}, B is {now.Version}. {stage.Description}.");
        Line($"");
        Line($"| what was done | orderly | requests | failed | slowest | took | |");
        Line($"|---|---|--:|--:|--:|--:|---|");
        foreach (var phase in phases)
        {
            var failures = string.Join(", ", phase.Requests.Failures.OrderBy(static one => one.Key).Select(static one => $"{one.Value} × {one.Key}"));
            Line($"| {phase.Name} | {(phase.Orderly ? "yes" : "no")} | {phase.Requests.Sent:N0} | {phase.Requests.Failed} | {phase.Requests.Slowest.TotalMilliseconds:N0} ms | {phase.Took.TotalSeconds:0.0} s | {string.Join("; ", [phase.Note, failures]).Trim(';', ' ')} |");
        }

        Line($"");
        Line($"- Items: {outcome.Items:N0} accepted, {outcome.Lost} lost. Imported rows: {outcome.Imported:N0} accepted, {outcome.ImportedWrong} too few or too many.");
        Line($"- Doubled items and numbers of the page: {outcome.Doubled}. Jobs lost: {outcome.JobsLost}; dead or left: {outcome.JobsLeft}.");
        Line($"- Of an instance that leaves, from the signal on: not ready after {order.NotReady.TotalMilliseconds:N0} ms, left alone by the proxy after {order.LeftAlone.TotalMilliseconds:N0} ms, last request after {order.LastRequest.TotalMilliseconds:N0} ms, stopped after {order.Stopped.TotalMilliseconds:N0} ms.");
        var good = outcome.IsWhole && order.IsRight && phases.All(static phase => !phase.Orderly || phase.Requests.Failed == 0);
        return new(text.ToString(), good);
    }
}
