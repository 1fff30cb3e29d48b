namespace LittleService.ServiceDefaults;

/// <summary>The names of the resources, shared by the app host, the services and the tests, so that a typo cannot compile.</summary>
public static class ResourceNames
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
