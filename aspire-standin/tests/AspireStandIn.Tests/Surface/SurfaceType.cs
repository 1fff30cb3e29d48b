namespace AspireStandIn.Tests.Surface;

/// <summary>One type of a surface. The head is its kind and full name, the mark says experimental or obsolete.</summary>
internal sealed record SurfaceType(string Head, string Mark, IReadOnlySet<string> Bases, IReadOnlySet<string> Members)
{
    public SurfaceType(string head, string mark, string[] bases, string[] members)
        : this(head, mark, bases.ToHashSet(), members.ToHashSet()) { }

    /// <summary>What this type has and the recorded one has not.</summary>
    public IEnumerable<string> Beyond(SurfaceType recorded)
    {
        if (Mark != recorded.Mark)
            yield return $"{Head}{Mark} (recorded:{recorded.Mark})";
        foreach (var type in Bases.Except(recorded.Bases))
            yield return $"{Head} : {type}";
        foreach (var member in Members.Except(recorded.Members))
            yield return $"{Head}: {member}";
    }
}
