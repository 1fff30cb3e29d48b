namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many processes of a project run behind one address.</summary>
/// <param name="replicas">At least 1.</param>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    /// <summary>At least 1.</summary>
    public int Replicas { get; } = replicas;
}

/// <summary>A health check belongs to the resource.</summary>
/// <param name="key">The name under which the check is registered.</param>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The name under which the check is registered.</summary>
    public string Key { get; } = key;
}

/// <summary>The resource starts only when asked to.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The resource belongs to another one.</summary>
/// <param name="resource">The other one.</param>
/// <param name="type">Reference, WaitFor or Parent.</param>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other one.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Reference, WaitFor or Parent.</summary>
    public string Type { get; } = type;
}

/// <summary>The picture before the resource in the dashboard.</summary>
/// <param name="iconName">A name of the Fluent icons.</param>
/// <param name="iconVariant">Filled or not.</param>
public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    /// <summary>A name of the Fluent icons.</summary>
    public string IconName { get; } = iconName;

    /// <summary>Filled or not.</summary>
    public IconVariant IconVariant { get; } = iconVariant;
}

/// <summary>How an icon is drawn.</summary>
public enum IconVariant
{
    /// <summary>As an outline.</summary>
    Regular,

    /// <summary>Filled.</summary>
    Filled,
}

/// <summary>The state of a resource before anything was heard of it.</summary>
/// <param name="initialSnapshot">The state.</param>
public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    /// <summary>The state.</summary>
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot;
}

/// <summary>One resource starts after another.</summary>
/// <param name="resource">The other one.</param>
/// <param name="waitType">What to wait for.</param>
/// <param name="exitCode">Expected where completion is waited for.</param>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The other one.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What to wait for.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>What to do where the other one cannot come; null means the application's default.</summary>
    public WaitBehavior? WaitBehavior { get; init; }

    /// <summary>Expected where completion is waited for.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>What to wait for.</summary>
public enum WaitType
{
    /// <summary>Running and healthy.</summary>
    WaitUntilHealthy,

    /// <summary>Run to its end.</summary>
    WaitForCompletion,

    /// <summary>Running.</summary>
    WaitUntilStarted,
}

/// <summary>What to do where what is waited for cannot come.</summary>
public enum WaitBehavior
{
    /// <summary>Wait on: someone may start it again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Fail.</summary>
    StopOnResourceUnavailable,
}
