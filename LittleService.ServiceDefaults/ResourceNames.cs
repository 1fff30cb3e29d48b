namespace LittleService.ServiceDefaults;

// Compiled into the app host too, by a link: there it is internal, so that tests, which reference both, see one class of this name.
static partial class ResourceNames
{
    /// <summary>The Postgres server.</summary>
    public const string Postgres = "postgres";

    /// <summary>The service's database on that server, and the name of its connection string.</summary>
    public const string Database = "db";

    /// <summary>The Redis server, and the name of its connection string.</summary>
    public const string Redis = "redis";

    /// <summary>The HTTP API and its pages.</summary>
    public const string Api = "api";

    /// <summary>The process that runs jobs and migrates the database.</summary>
    public const string Worker = "worker";
}
