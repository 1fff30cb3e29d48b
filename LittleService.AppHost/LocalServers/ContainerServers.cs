namespace LittleService.AppHost.LocalServers;

/// <summary>Postgres and Redis as containers: what is published, and what runs where a container runtime answers.</summary>
public sealed class ContainerServers(IDistributedApplicationBuilder builder, Func<string, string> volumeName) : Servers(builder)
{
    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnDatabase(string database, string server)
    {
        var postgres = Builder.AddPostgres(server).WithDataVolume(volumeName(server));
        if (Builder.ExecutionContext.IsRunMode)
            postgres.WithLoginCheck();
        return postgres.AddDatabase(database);
    }

    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnRedis(string name) =>
        Builder.AddRedis(name).WithDataVolume(volumeName(name))
            // The shell gets the parts as one line; the last of them is the whole line already when it is published.
            .WithArgs(context => context.Args[^1] = $"{context.Args[^1]} --appendonly yes --appendfsync {AppendFsync}");
}
