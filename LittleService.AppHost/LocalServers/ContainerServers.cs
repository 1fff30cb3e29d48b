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
        Builder.AddRedis(name).WithDataVolume(volumeName(name)).WithArgs(context => Amend(context.Args));

    // A shell gets the parts as one line; when it is published, the last part is the whole line already. Without exec the shell would stay,
    // and not hand on the signal to stop: Redis would be killed ten seconds later with its last writes unsaved.
    private void Amend(IList<object> parts)
    {
        for (var part = 0; part < parts.Count; part++)
            if (parts[part] is string command && command.StartsWith("redis-server", StringComparison.Ordinal))
                parts[part] = $"exec {command}";
        parts[^1] = $"{parts[^1]} --appendonly yes --appendfsync {AppendFsync}";
    }
}
