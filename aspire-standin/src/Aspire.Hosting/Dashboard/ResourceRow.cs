using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Wire;
using Google.Protobuf.WellKnownTypes;
using Resource = Aspire.Hosting.Dashboard.Wire.Resource;

namespace Aspire.Hosting.Dashboard;

/// <summary>Turns what is known of an instance into a row of the dashboard.</summary>
internal static class ResourceRow
{
    public static Resource From(ResourceEvent known)
    {
        var snapshot = known.Snapshot;
        var row = new Resource
        {
            Name = known.ResourceId,
            Uid = known.ResourceId,
            DisplayName = known.Resource.Name,
            ResourceType = snapshot.ResourceType,
            State = snapshot.State?.Text ?? "",
            StateStyle = snapshot.State?.Style ?? "",
            CreatedAt = Time(snapshot.CreationTimeStamp),
            StartedAt = Time(snapshot.StartTimeStamp),
            StoppedAt = Time(snapshot.StopTimeStamp),
            IsHidden = snapshot.IsHidden,
        };
        if (snapshot.IconName is { } icon)
            (row.IconName, row.IconVariant) = (icon, Variant(snapshot.IconVariant));
        row.Properties.AddRange(ResourceProperties.Of(known));
        row.Environment.AddRange(snapshot.EnvironmentVariables.Select(
            variable => new EnvironmentVariable { Name = variable.Name, Value = variable.Value ?? "", IsFromSpec = variable.IsFromSpec }));
        row.Urls.AddRange(snapshot.Urls.Select(Address));
        row.Volumes.AddRange(snapshot.Volumes.Select(Mount));
        row.HealthReports.AddRange(snapshot.HealthReports.Select(Report));
        row.Relationships.AddRange(snapshot.Relationships.Select(
            relation => new ResourceRelationship { ResourceName = relation.ResourceName, Type = relation.Type }));
        row.Commands.AddRange(snapshot.Commands.Select(Command));
        return row;
    }

    private static Timestamp? Time(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known.ToUniversalTime()) : null;

    private static Wire.IconVariant Variant(ApplicationModel.IconVariant? variant) =>
        variant == ApplicationModel.IconVariant.Filled ? Wire.IconVariant.Filled : Wire.IconVariant.Regular;

    private static Url Address(UrlSnapshot url) => new()
    {
        EndpointName = url.Name ?? "",
        FullUrl = url.Url,
        IsInternal = url.IsInternal,
        IsInactive = url.IsInactive,
        DisplayProperties = new() { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
    };

    private static Volume Mount(VolumeSnapshot volume) => new()
    {
        Source = volume.Source ?? "",
        Target = volume.Target,
        MountType = volume.MountType,
        IsReadOnly = volume.IsReadOnly,
    };

    private static HealthReport Report(HealthReportSnapshot report)
    {
        var row = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = Time(report.LastRunAt),
        };
        if (report.Status is { } status)
            row.Status = status switch
            {
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy => HealthStatus.Healthy,
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded => HealthStatus.Degraded,
                _ => HealthStatus.Unhealthy,
            };
        return row;
    }

    private static ResourceCommand Command(ResourceCommandSnapshot command) => new()
    {
        Name = command.Name,
        DisplayName = command.DisplayName,
        DisplayDescription = command.DisplayDescription ?? "",
        ConfirmationMessage = command.ConfirmationMessage ?? "",
        IconName = command.IconName ?? "",
        IconVariant = Variant(command.IconVariant),
        IsHighlighted = command.IsHighlighted,
        State = command.State switch
        {
            ApplicationModel.ResourceCommandState.Enabled => Wire.ResourceCommandState.Enabled,
            ApplicationModel.ResourceCommandState.Disabled => Wire.ResourceCommandState.Disabled,
            _ => Wire.ResourceCommandState.Hidden,
        },
    };
}
