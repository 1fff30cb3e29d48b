namespace LittleService.AppHost.LocalServers;

/// <param name="PostgresFolder">The folder of <c>postgres</c> and <c>initdb</c>.</param>
/// <param name="RedisServer">The path of <c>redis-server</c>.</param>
public sealed record ServerPrograms(string PostgresFolder, string RedisServer)
{
    private const string DebianPostgres = "/usr/lib/postgresql";

    /// <summary>Finds the programs of the servers that are wanted; an unwanted one stays empty.</summary>
    public static ServerPrograms Find(bool postgres, bool redis)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var postgresFolder = path.Concat(DebianFolders()).FirstOrDefault(folder => Has(folder, "postgres") && Has(folder, "initdb"));
        var redisFolder = path.FirstOrDefault(folder => Has(folder, "redis-server"));

        var missing = new List<string>();
        if (postgres && postgresFolder is null)
            missing.Add("Postgres (postgres and initdb)");
        if (redis && redisFolder is null)
            missing.Add("Redis (redis-server)");
        if (missing.Count > 0)
            throw Refusal.Because($"{string.Join(" and ", missing)} not found, and no containers are used: run script/bootstrap to install what is missing.");

        return new ServerPrograms(postgresFolder ?? "", redisFolder is null ? "" : Path.Combine(redisFolder, "redis-server"));
    }

    // Debian keeps several major versions side by side and none of them on the PATH; the newest comes first.
    private static IEnumerable<string> DebianFolders() => !Directory.Exists(DebianPostgres)
        ? []
        : Directory.GetDirectories(DebianPostgres)
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"));

    private static bool Has(string folder, string program) => File.Exists(Path.Combine(folder, program));
}
