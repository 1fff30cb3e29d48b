
namespace LittleService.AppHost.LocalServers;

/// <summary>The programs of the servers on this machine; one that is not wanted stays empty.</summary>
/// <param name="Postgres">The path of <c>postgres</c>, beside which lies <c>initdb</c>.</param>
/// <param name="Redis">The path of <c>redis-server</c>.</param>
public sealed record ServerPrograms(string Postgres, string Redis)
{
    private const string DebianPostgres = "/usr/lib/postgresql";

    /// <summary>Finds the programs of the servers that are wanted, the newest Postgres first.</summary>
    /// <exception cref="StartException">One of them is not installed.</exception>
    public static ServerPrograms Find(bool postgres, bool redis)
    {
        var found = new ServerPrograms(
            postgres ? PostgresPrograms().FirstOrDefault() ?? "" : "",
            redis ? InPath("redis-server") ?? "" : "");

        var missing = new List<string>();
        if (postgres && found.Postgres.Length == 0)
            missing.Add("Postgres (postgres and initdb)");
        if (redis && found.Redis.Length == 0)
            missing.Add("Redis (redis-server)");
        return missing.Count == 0 ? found : throw new StartException(
            $"{string.Join(" and ", missing)} not found, and no containers are used: run script/bootstrap to install what is missing.");
    }

    /// <summary>
    /// The same with the Postgres that can read what lies in <paramref name="folder"/>: files of one major version are unreadable to
    /// others.
    /// </summary>
    /// <exception cref="StartException">No Postgres of that major version is installed.</exception>
    public async Task<ServerPrograms> ForDataAsync(string folder)
    {
        var marker = Path.Combine(folder, "data", "PG_VERSION");
        if (Postgres.Length == 0 || !File.Exists(marker))
            return this;
        var version = (await File.ReadAllTextAsync(marker)).Trim();
        foreach (var program in PostgresPrograms())
            if (await MajorVersionAsync(program) == version)
                return this with { Postgres = program };
        throw new StartException(
            $"The data in {folder} was made by Postgres {version}, which is not installed here: install it, choose another folder with "
            + "--DataFolder=…, or start once with --ResetData=true, which deletes the data.");
    }

    // "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"
    internal static string MajorVersion(string output) =>
        output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2)?.Split('.')[0] ?? "";

    private static async Task<string> MajorVersionAsync(string program)
    {
        var result = await Shell.RunAsync(TimeSpan.FromSeconds(5), program, "--version");
        return result.Succeeded ? MajorVersion(result.Output) : "";
    }

    // Debian keeps several major versions side by side and none of them on the PATH; the newest comes first.
    private static IEnumerable<string> PostgresPrograms()
    {
        var debian = Directory.Exists(DebianPostgres) ? Directory.GetDirectories(DebianPostgres) : [];
        return SearchPath()
            .Concat(debian.OrderByDescending(MajorOfFolder).Select(folder => Path.Combine(folder, "bin")))
            .Where(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")))
            .Select(folder => Path.Combine(folder, "postgres"));
    }

    private static int MajorOfFolder(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;

    private static string? InPath(string program) =>
        SearchPath().Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
