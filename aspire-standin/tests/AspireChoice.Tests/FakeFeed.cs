using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace AspireChoice.Tests;

/// <summary>A folder feed that looks as if it had the real packages: their ids and versions around the assemblies of the stand-in.</summary>
static class FakeFeed
{
    public static readonly string Aspire = Fact("AspireVersion");
    public static readonly string Redis = Fact("StackExchangeRedisWanted");
    public static readonly string Npgsql = Fact("NpgsqlWanted");
    static readonly string Files = Path.Combine(AppContext.BaseDirectory, "Feed");

    public static string Fact(string key) =>
        typeof(FakeFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == key).Value!;

    /// <summary>Everything that a build with the packages restores and that is not in the machine's own package folder.</summary>
    public static void WriteAll(string folder)
    {
        WriteCurrentVersions(folder);
        Write(folder, "Aspire.Hosting", [("Google.Protobuf", "3.25.1")]);
        Write(folder, "Aspire.Hosting.AppHost", [("Aspire.Hosting", Aspire)]);
        Write(folder, "Aspire.Hosting.PostgreSQL", [("Aspire.Hosting", Aspire), ("Npgsql", "10.0.2")]);
        Write(folder, "Aspire.Hosting.Redis", [("Aspire.Hosting", Aspire), ("StackExchange.Redis", "2.13.1")]);
        Write(folder, "Aspire.Hosting.Testing", [("Aspire.Hosting.AppHost", Aspire)]);
        Write(folder, "Aspire.Npgsql", [("Npgsql", "10.0.2")]);
        Write(folder, "Aspire.AppHost.Sdk", []);
        foreach (var platform in (string[])["linux-x64", "linux-arm64", "linux-musl-x64", "osx-arm64", "osx-x64", "win-x64", "win-arm64"])
        {
            Write(folder, $"Aspire.Dashboard.Sdk.{platform}", []);
            Write(folder, $"Aspire.Hosting.Orchestration.{platform}", []);
        }
    }

    /// <summary>Only the current versions of what Aspire itself needs.</summary>
    public static void WriteCurrentVersions(string folder)
    {
        Repack(folder, "StackExchange.Redis", Fact("StackExchangeRedisUsed"), Redis);
        Repack(folder, "Npgsql", Fact("NpgsqlUsed"), Npgsql);
    }

    static void Write(string folder, string id, (string Id, string Version)[] dependencies)
    {
        using var package = Create(folder, id, Aspire);
        var needs = string.Concat(dependencies.Select(need => $"""<dependency id="{need.Id}" version="{need.Version}" exclude="Build,Analyzers" />"""));
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{id}.dll");
        var framework = File.Exists(assembly)
            ? """<frameworkReferences><group targetFramework="net10.0"><frameworkReference name="Microsoft.AspNetCore.App" /></group></frameworkReferences>"""
            : "";
        Add(package, $"{id}.nuspec", $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
              <id>{id}</id><version>{Aspire}</version><authors>test</authors><description>Stands for the real package in a test.</description>
              <dependencies><group targetFramework="net10.0">{needs}</group></dependencies>{framework}
            </metadata></package>
            """);
        if (File.Exists(assembly))
            package.CreateEntryFromFile(assembly, $"lib/net10.0/{id}.dll");
        var files = Path.Combine(Files, id);
        if (!Directory.Exists(files))
            return;
        foreach (var file in Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories))
            Add(package, Path.GetRelativePath(files, file).Replace('\\', '/'), File.ReadAllText(file).Replace("VERSION", Aspire, StringComparison.Ordinal));
    }

    static void Repack(string folder, string id, string used, string version)
    {
        using var source = ZipFile.OpenRead(Directory.GetFiles(Path.Combine(Fact("NuGetPackages"), id.ToLowerInvariant(), used), "*.nupkg").Single());
        using var package = Create(folder, id, version);
        foreach (var entry in source.Entries.Where(entry => !entry.FullName.StartsWith(".signature", StringComparison.Ordinal)))
        {
            using var content = entry.Open();
            if (entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
            {
                var nuspec = new StreamReader(content).ReadToEnd();
                Add(package, entry.FullName, nuspec.Replace($"<version>{used}<", $"<version>{version}<", StringComparison.Ordinal));
            }
            else
            {
                using var target = package.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                content.CopyTo(target);
            }
        }
    }

    static ZipArchive Create(string folder, string id, string version)
    {
        Directory.CreateDirectory(folder);
        return ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
    }

    static void Add(ZipArchive package, string path, string text)
    {
        using var entry = package.CreateEntry(path).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
