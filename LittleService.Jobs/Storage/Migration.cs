using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace LittleService.Jobs.Storage;

/// <summary>One numbered SQL file of a set.</summary>
/// <param name="Set">The set, such as <c>jobs</c>; sets are applied one after the other.</param>
/// <param name="Number">The number its file name begins with.</param>
/// <param name="Name">The file name.</param>
/// <param name="Sql">The statements.</param>
/// <param name="Checksum">SHA-256 of the statements.</param>
public sealed record Migration(string Set, int Number, string Name, string Sql, string Checksum)
{
    private const string Folder = ".Migrations.";

    /// <summary>A migration from its text. Line ends don't count, so that a checkout on Windows has the same checksum.</summary>
    /// <param name="set">The set.</param>
    /// <param name="name">The file name: four digits, an underscore, words.</param>
    /// <param name="sql">The statements.</param>
    /// <exception cref="InvalidOperationException">The name has no number.</exception>
    public static Migration Create(string set, string name, string sql)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(sql);
        if (name.Length < 6 || name[4] != '_'
            || !int.TryParse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new InvalidOperationException($"Migration {set}/{name}: the name must begin with four digits and an underscore.");
        var text = sql.ReplaceLineEndings("\n");
        return new(set, number, name, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Set}/{Name}";

    /// <summary>The files that an assembly embeds from its folder <c>Migrations</c>, by number.</summary>
    /// <param name="set">The name under which they are remembered.</param>
    /// <param name="assembly">The assembly.</param>
    /// <exception cref="InvalidOperationException">A name has no number, or two have the same.</exception>
    public static IReadOnlyList<Migration> Embedded(string set, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var prefix = assembly.GetName().Name + Folder;
        var found = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Create(set, resource[prefix.Length..], Read(assembly, resource)))
            .OrderBy(migration => migration.Number)
            .ToList();
        var twice = found.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? found : throw new InvalidOperationException($"Two migrations have one number: {string.Join(", ", twice)}.");
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
