namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceSnapshots
{
    /// <summary>What is known of a resource before anything was heard of it.</summary>
    public static CustomResourceSnapshot Initial(IResource resource)
    {
        var icon = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault();
        var said = resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot;
        var snapshot = said ?? new CustomResourceSnapshot { ResourceType = TypeName(resource), Properties = [] };
        return snapshot with
        {
            CreationTimeStamp = TimeProvider.System.GetUtcNow().UtcDateTime,
            HealthReports = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => new HealthReportSnapshot(h.Key, null, null, null))],
            Relationships = [.. Relationships(resource).Distinct()],
            IconName = icon?.IconName ?? snapshot.IconName,
            IconVariant = icon?.IconVariant ?? snapshot.IconVariant,
        };
    }

    /// <summary>The state of the commands follows from the rest.</summary>
    public static CustomResourceSnapshot Completed(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, Services = services };
        return snapshot with
        {
            Commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
                c.Name, c.UpdateState(context), c.DisplayName, c.Options.Description, null, c.Options.ConfirmationMessage,
                c.Options.IconName, c.Options.IconVariant, c.Options.IsHighlighted))],
        };
    }

    private static IEnumerable<RelationshipSnapshot> Relationships(IResource resource)
    {
        foreach (var said in resource.Annotations.OfType<ResourceRelationshipAnnotation>()) yield return new(said.Resource.Name, said.Type);
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>()) yield return new(wait.Resource.Name, "WaitFor");
        if (resource is IResourceWithParent child) yield return new(child.Parent.Name, "Parent");
    }

    private static string TypeName(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Container",
        ParameterResource => "Parameter",
        ConnectionStringResource => "ConnectionString",
        _ => resource.GetType().Name is var name && name.EndsWith("Resource", StringComparison.Ordinal) ? name[..^"Resource".Length] : name,
    };
}
