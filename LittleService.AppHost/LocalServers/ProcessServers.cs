namespace LittleService.AppHost.LocalServers;

/// <summary>
/// Postgres and Redis as processes of our own, with the names and connection strings that the containers have. They listen on loopback only,
/// on ports that nobody has to know, and keep their data in a folder of ours; a system service is never touched.
/// </summary>
public sealed class ProcessServers(IDistributedApplicationBuilder builder, DataFolder data, ServerPrograms programs) : Servers(builder)
{
    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnDatabase(string database, string server)
    {
        var postgres = new LocalPostgresResource(server, Script("postgres.sh"), Builder.AppHostDirectory, AddPassword(server));
        var postgresBuilder = Run(postgres, postgres.Password)
            .WithEnvironment("POSTGRES_PROGRAMS", programs.PostgresFolder)
            .WithLoginCheck();

        var db = new LocalDatabaseResource(database, postgres);
        var check = $"{database}_database";
        Builder.Services.AddHealthChecks().AddAsyncCheck(check, db.CheckAsync);
        return postgresBuilder.ApplicationBuilder.AddResource(db).WithHealthCheck(check);
    }

    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnRedis(string name)
    {
        var redis = new LocalRedisResource(name, Script("redis.sh"), Builder.AppHostDirectory, AddPassword(name));
        var check = $"{name}_ping";
        Builder.Services.AddHealthChecks().AddAsyncCheck(check, cancellationToken => RedisConnection.CheckAsync(redis, cancellationToken));
        return Run(redis, redis.Password).WithEnvironment("REDIS_SERVER", programs.RedisServer).WithEnvironment("REDIS_FSYNC", AppendFsync).WithHealthCheck(check);
    }

    /// <summary>The environment that both scripts read.</summary>
    private IResourceBuilder<T> Run<T>(T server, ParameterResource password) where T : LocalServerResource =>
        Builder.AddResource(server)
            .WithArgs(server.ScriptPath)
            .WithEndpoint(scheme: "tcp", name: LocalServerResource.EndpointName, env: "SERVER_PORT")
            .WithEnvironment("SERVER_DATA", data.For(server.Name))
            .WithEnvironment("SERVER_USER", data.User ?? "")
            .WithEnvironment("SERVER_PASSWORD", Builder.CreateResourceBuilder(password));

    // The name is the one that AddPostgres and AddRedis would give it, so that one secret serves both modes.
    private ParameterResource AddPassword(string server) =>
        Builder.AddParameter($"{server}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true).Resource;

    private string Script(string file) => Path.Combine(Builder.AppHostDirectory, "LocalServers", file);
}
