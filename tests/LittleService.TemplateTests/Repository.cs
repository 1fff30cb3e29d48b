using System.Reflection;

namespace LittleService.TemplateTests;

/// <summary>The files of this repository, those not committed yet too, as paths from its root.</summary>
static class Repository
{
    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == "RepositoryRoot").Value!;

    public static IReadOnlyList<string> Files { get; } =
    [
        .. Command.Run("git", Root, ["ls-files", "-coz", "--exclude-standard"]).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => File.Exists(Path.Combine(Root, file))),
    ];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<string> With(params string[] extensions) => Files.Where(file => extensions.Contains(Path.GetExtension(file)));
}
