using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Wire;
using Google.Protobuf.WellKnownTypes;

namespace Aspire.Hosting.Dashboard;

/// <summary>The facts of a row: those that every resource has, then its own.</summary>
internal static class ResourceProperties
{
    // How the dashboard shows a fact first: its label and place, by the type of the resource.
    private static readonly Dictionary<(string Type, string Property), (string Label, int Order)> Highlighted = new()
    {
        [("Container", "container.image")] = ("Container image", 0),
        [("Container", "container.id")] = ("Container ID", 1),
        [("Container", "container.command")] = ("Container command", 2),
        [("Container", "container.args")] = ("Container arguments", 3),
        [("Container", "container.ports")] = ("Container ports", 4),
        [("Container", "container.lifetime")] = ("Container lifetime", 5),
        [("Executable", "executable.path")] = ("Executable path", 0),
        [("Executable", "executable.workDir")] = ("Working directory", 1),
        [("Executable", "executable.args")] = ("Executable arguments", 2),
        [("Executable", "executable.pid")] = ("Process ID", 3),
        [("Project", "project.path")] = ("Project path", 0),
        [("Project", "project.launchProfile")] = ("Launch profile", 1),
        [("Project", "executable.pid")] = ("Process ID", 2),
        [("Parameter", "Value")] = ("Value", 0),
    };

    public static IEnumerable<ResourceProperty> Of(ResourceEvent known)
    {
        var snapshot = known.Snapshot;
        var common = new (string Name, object? Value)[]
        {
            ("resource.uid", known.ResourceId),
            ("resource.name", known.ResourceId),
            ("resource.type", snapshot.ResourceType),
            ("resource.displayName", known.Resource.Name),
            ("resource.state", snapshot.State?.Text),
            ("resource.exitCode", snapshot.ExitCode),
            ("resource.createTime", Time(snapshot.CreationTimeStamp)),
            ("resource.startTime", Time(snapshot.StartTimeStamp)),
            ("resource.stopTime", Time(snapshot.StopTimeStamp)),
            ("resource.healthState", snapshot.HealthStatus?.ToString()),
        };
        return common.Select(fact => new ResourceProperty { Name = fact.Name, Value = ToValue(fact.Value), IsSensitive = false })
            .Concat(snapshot.Properties.Select(property => Own(snapshot.ResourceType, property)));
    }

    private static ResourceProperty Own(string type, ResourcePropertySnapshot property)
    {
        var row = new ResourceProperty { Name = property.Name, Value = ToValue(property.Value), IsSensitive = property.IsSensitive };
        if (Highlighted.TryGetValue((type, property.Name), out var shown))
            (row.DisplayName, row.IsHighlighted, row.SortOrder) = (shown.Label, true, shown.Order);
        return row;
    }

    private static string? Time(DateTime? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        long number => Value.ForNumber(number),
        IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
        IEnumerable<int> numbers => Value.ForList([.. numbers.Select(number => Value.ForNumber(number))]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };
}
