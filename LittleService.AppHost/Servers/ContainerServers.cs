namespace LittleService.AppHost.Servers;

/// <summary>Postgres and Redis as containers: what is published, and what runs where a container runtime answers.</summary>
public sealed class ContainerServers(IDistributedApplicationBuilder builder, Func<string, string> volumeName) : ServerProvider(builder)
{
    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnDatabase(string database, string server)
    {
        var postgres = Builder.AddPostgres(server);

        // Not in the manifest: Container Apps mount volumes over SMB, on which Postgres cannot keep its files.
        if (Builder.ExecutionContext.IsRunMode)
            postgres.WithPasswordCheck().WithDataVolume(volumeName(server));
        if (Builder.HasTools())
            postgres.WithPgAdmin();
        return postgres.AddDatabase(database);
    }

    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnRedis(string name)
    {
#pragma warning disable ASPIRECERTIFICATES001 // Experimental; without it Redis speaks TLS only where a development certificate is trusted.
        var redis = Builder.AddRedis(name).WithDataVolume(volumeName(name)).WithArgs(context => Amend(context.Args))
            .WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        if (Builder.HasTools())
            redis.WithRedisInsight();
        return redis;
    }

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
