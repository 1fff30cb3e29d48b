namespace AspireStandIn.Tests.Surface;

/// <summary>The surface of the real assemblies, recorded in a file beside the repository.</summary>
internal static class RecordedSurface
{
    private const string MarkStart = "   // ";

    /// <summary>The types of one assembly by their heads.</summary>
    public static Dictionary<string, SurfaceType> Read(IEnumerable<string> lines, string assembly)
    {
        Dictionary<string, SurfaceType> types = [];
        var ofAssembly = lines.SkipWhile(line => line != $"# {assembly}").Skip(1).TakeWhile(line => !line.StartsWith("# ", StringComparison.Ordinal));
        SurfaceType? current = null;
        foreach (var line in ofAssembly.Where(line => line.Length > 0))
            if (line.StartsWith("    ", StringComparison.Ordinal))
                ((HashSet<string>)current!.Members).Add(line[4..]);
            else
                types.TryAdd((current = Head(line)).Head, current);
        return types;
    }

    private static SurfaceType Head(string line)
    {
        var mark = line.IndexOf(MarkStart, StringComparison.Ordinal) is >= 0 and var at ? line[at..] : "";
        var parts = line[..^mark.Length].Split(" : ", 2);
        return new(parts[0], mark, parts.Length > 1 ? SplitBases(parts[1]) : [], []);
    }

    // A comma inside the angle brackets of a generic base does not separate two bases.
    private static string[] SplitBases(string text)
    {
        List<string> bases = [""];
        var depth = 0;
        foreach (var letter in text)
        {
            depth += letter switch { '<' => 1, '>' => -1, _ => 0 };
            if (letter == ',' && depth == 0)
                bases.Add("");
            else
                bases[^1] += letter;
        }
        return [.. bases.Select(name => name.Trim())];
    }
}
