using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Wire;
using Google.Protobuf;
using Google.Protobuf.Collections;
using IconVariant = Aspire.Hosting.ApplicationModel.IconVariant;
using ResourceCommandState = Aspire.Hosting.ApplicationModel.ResourceCommandState;

namespace AspireStandIn.Tests.Dashboard;

public sealed class ResourceRowTests
{
    private static readonly string[] Arguments = ["--port", "1"];
    private static readonly ExecutableResource Redis = new("redis", "redis-server", "/tmp");

    [Fact]
    public void RowTellsAllThatIsKnown()
    {
        var start = new DateTime(2026, 11, 20, 21, 37, 31, DateTimeKind.Utc);
        var row = ResourceRow.From(new ResourceEvent(Redis, "redis-abcdefgh", new CustomResourceSnapshot
        {
            ResourceType = "Executable",
            Properties = [new("executable.args", Arguments) { IsSensitive = true }],
            State = new("Running", "success"),
            StartTimeStamp = start,
            ExitCode = 7,
            EnvironmentVariables = [new("A", "b", true), new("PATH", null, false)],
            Urls = [new("tcp", "tcp://localhost:1", false)],
            Relationships = [new("db", "Parent")],
            Commands = [new("stop", ResourceCommandState.Hidden, "Stop", null, null, "Sure?", "Stop", IconVariant.Filled, true)],
            IsHidden = true,
            IconName = "Memory",
        }));
        Assert.Equal(("redis-abcdefgh", "redis-abcdefgh", "redis", "Running", "success"), (row.Name, row.Uid, row.DisplayName, row.State, row.StateStyle));
        Assert.Equal((start, null, true, "Memory"), (row.StartedAt.ToDateTime(), row.StoppedAt, row.IsHidden, row.IconName));
        Assert.Equal([("A", "b", true), ("PATH", "", false)], row.Environment.Select(v => (v.Name, v.Value, v.IsFromSpec)));
        Assert.Equal("tcp://localhost:1", row.Urls.Single().FullUrl);
        Assert.Equal(("db", "Parent"), (row.Relationships.Single().ResourceName, row.Relationships.Single().Type));
        Assert.Equal(Aspire.Hosting.Dashboard.Wire.ResourceCommandState.Hidden, row.Commands.Single().State);
        Assert.Equal(7, row.Properties.Single(property => property.Name == "resource.exitCode").Value.NumberValue);
        var arguments = row.Properties.Single(property => property.Name == "executable.args");
        Assert.Equal((true, "Executable arguments"), (arguments.IsSensitive, arguments.DisplayName));
        Assert.Equal(Arguments, arguments.Value.ListValue.Values.Select(value => value.StringValue));
    }

    [Fact]
    public void CheckThatHasNotRunYetHasNoStatus()
    {
        var snapshot = new CustomResourceSnapshot
        {
            ResourceType = "Project",
            Properties = [],
            HealthReports = [new("live", null, null, null)],
        };
        Assert.False(ResourceRow.From(new ResourceEvent(Redis, "redis", snapshot)).HealthReports.Single().HasStatus);
    }

    [Fact]
    public void FactsAreLabelledAsTheRealAppHostLabelsThem()
    {
        if (Shared.Find("aspire/dashboard-watchresources.txt") is not { } file)
        {
            Assert.Skip("There is no ../shared/aspire/dashboard-watchresources.txt beside the repository to compare with.");
            return;
        }
        var recorded = Recorded(File.ReadAllText(file));
        Assert.NotEmpty(recorded);
        foreach (var row in recorded)
        {
            var own = row.Properties.Skip(10).Select(property => new ResourcePropertySnapshot(property.Name, null) { IsSensitive = property.IsSensitive });
            var snapshot = new CustomResourceSnapshot { ResourceType = row.ResourceType, Properties = [.. own] };
            Assert.Equal(row.Properties.Select(Label), ResourceRow.From(new ResourceEvent(Redis, row.Name, snapshot)).Properties.Select(Label));
        }

        static string Label(ResourceProperty property) =>
            $"{property.Name} {property.DisplayName} {property.IsSensitive} {property.IsHighlighted} {property.SortOrder}";
    }

    // The recording is the application's information, then the first update of the watch, then prose.
    private static RepeatedField<Aspire.Hosting.Dashboard.Wire.Resource> Recorded(string text)
    {
        var start = text.IndexOf("\n{", StringComparison.Ordinal) + 1;
        var json = text[start..(text.IndexOf("\n}", start, StringComparison.Ordinal) + 2)];
        return new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse<WatchResourcesUpdate>(json).InitialData.Resources;
    }
}
