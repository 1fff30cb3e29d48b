using System.Globalization;
using System.Text.RegularExpressions;

namespace LittleService.Rehearsal;

/// <summary>The order in which a container leaves, by its own health verb, the log of the proxy and the engine.</summary>
internal static partial class SwarmDrain
{
    public static async Task<DrainOrder> SeeAsync(string api, string proxy)
    {
        var addresses = (await Docker.RunAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", api)).Split(' ');
        var slot = (await LogAsync(proxy)).Select(static line => Resolved().Match(line.Text))
            .Last(match => match.Success && addresses.Contains(match.Groups["address"].Value)).Groups["slot"].Value;
        var started = DateTimeOffset.UtcNow;
        await Docker.RunAsync("kill", "--signal", "TERM", api);
        var notReady = default(TimeSpan?);
        while (await Docker.RunAsync("inspect", "--format", "{{.State.Running}}", api) == "true")
        {
            var (code, _, _) = await Docker.TryAsync(new Dictionary<string, string>(), "exec", api, "/app/LittleService.Api", "health");
            if (code != 0) notReady ??= DateTimeOffset.UtcNow - started;
        }

        var stopped = Read(await Docker.RunAsync("inspect", "--format", "{{.State.FinishedAt}}", api)) - started;
        var log = (await LogAsync(proxy)).Where(line => line.At > started && line.At < started + stopped).ToList();
        var down = log.Find(line => line.Text.Contains($"Server api/{slot} is DOWN", StringComparison.Ordinal));
        var last = log.FindLast(line => line.Text.Contains($" api/{slot} ", StringComparison.Ordinal) && !line.Text.Contains("Server", StringComparison.Ordinal));
        return new(notReady ?? stopped, down is null ? stopped : down.At - started, last is null ? TimeSpan.Zero : last.At - started, stopped);
    }

    private static async Task<List<Line>> LogAsync(string container) =>
        [.. (await Docker.LinesAsync("logs", "--timestamps", container)).Select(static line => line.Split(' ', 2)).Where(static parts => parts.Length == 2)
            .Select(static parts => new Line(Read(parts[0]), parts[1]))];

    private static DateTimeOffset Read(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"api/(?<slot>\S+) changed its IP from \S+ to (?<address>[0-9.]+)")]
    private static partial Regex Resolved();

    private sealed record Line(DateTimeOffset At, string Text);
}
