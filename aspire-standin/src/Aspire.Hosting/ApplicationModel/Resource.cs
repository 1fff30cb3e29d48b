using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The base of all resources.</summary>
/// <param name="name">Letters, digits and single hyphens; at most 64.</param>
public abstract class Resource(string name) : IResource
{
    /// <inheritdoc/>
    public virtual string Name { get; } = ResourceNames.Valid(name);

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

/// <summary>Everything said about a resource, in the order it was said.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>What a second annotation of the same type does to the first.</summary>
public enum ResourceAnnotationMutationBehavior
{
    /// <summary>Both stay.</summary>
    Append,

    /// <summary>The second replaces the first.</summary>
    Replace,
}

internal static class ResourceNames
{
    /// <summary>The rule of DCP and of the manifest: names become host names and variable names.</summary>
    public static string Valid(string name)
    {
        var fault = name switch
        {
            null or "" => "it is empty",
            { Length: > 64 } => "it is longer than 64 characters",
            _ when !char.IsAsciiLetter(name[0]) => "it must start with an ASCII letter",
            _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => "it may hold only ASCII letters, digits and hyphens",
            _ when name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal) => "hyphens may neither end it nor follow each other",
            _ => null,
        };
        return fault is null ? name! : throw new DistributedApplicationException($"Resource name '{name}' is invalid: {fault}.");
    }

    /// <summary>The name as part of an environment variable.</summary>
    public static string AsVariable(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
