using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>docs/alerts.yaml names metrics that there are, and docs/operations.md says what to do at each alert.</summary>
public sealed partial class AlertTests
{
    private static readonly string Rules = Repository.Read("docs/alerts.yaml");

    [Fact]
    public void EveryAlertHasItsSection() => Assert.Equal(
        AlertPattern().Matches(Rules).Select(alert => alert.Groups[1].Value),
        SectionPattern().Matches(Repository.Read("docs/operations.md")).Select(section => section.Groups[1].Value));

    [Fact]
    public void EveryMetricIsMeasured()
    {
        var expressions = string.Concat(ExpressionPattern().Matches(Rules).Select(expression => expression.Value));
        var named = MetricPattern().Matches(expressions).Select(metric => metric.Value).Distinct().ToList();

        Assert.NotEmpty(named);
        // ASP.NET Core's own.
        Assert.Empty(named.Except([.. Measured(), "http_server_request_duration_seconds_count"]));
    }

    [Fact]
    public void EveryOutcomeIsOneOfTheQueue()
    {
        var outcomes = Repository.Read("LittleService.Jobs/Work/Outcome.cs");

        Assert.All(OutcomePattern().Matches(Rules), outcome => Assert.Contains($"    {outcome.Groups[1].Value},", outcomes, StringComparison.Ordinal));
    }

    // As Prometheus calls them: the unit is added, and "total" to counters.
    private static IEnumerable<string> Measured()
    {
        foreach (var file in Repository.With(".cs").Where(file => file.StartsWith("LittleService.", StringComparison.Ordinal)))
        {
            foreach (Match metric in InstrumentPattern().Matches(Repository.Read(file)))
            {
                var (kind, name, unit) = (metric.Groups[1].Value, metric.Groups[2].Value.Replace('.', '_'), metric.Groups[3].Value);
                yield return name + unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + (kind.Contains("Counter", StringComparison.Ordinal) ? "_total" : "");
            }
        }
    }

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex AlertPattern();

    [GeneratedRegex("^## (\\w+)$", RegexOptions.Multiline)]
    private static partial Regex SectionPattern();

    [GeneratedRegex("expr:.*?(?=\\n        (?:for|labels):)", RegexOptions.Singleline)]
    private static partial Regex ExpressionPattern();

    [GeneratedRegex("\\b(?:jobs|events|http)_\\w+(?=[\\[{)\\s])")]
    private static partial Regex MetricPattern();

    [GeneratedRegex("outcome=\"(\\w+)\"")]
    private static partial Regex OutcomePattern();

    [GeneratedRegex("Create(\\w+?)(?:<\\w+>)?\\(\\s*\"([a-z.]+)\",(?: [^\"]*?,)? \"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex InstrumentPattern();
}
