using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost.Servers;

/// <summary>Where Postgres and Redis come from. A connection string set from outside always wins: then nothing is started for it.</summary>
public abstract class ServerProvider(IDistributedApplicationBuilder builder)
{
    protected IDistributedApplicationBuilder Builder { get; } = builder;

    /// <summary>When Redis flushes its append-only file to the disk: everysec, or always, which loses nothing on a power cut.</summary>
    protected string AppendFsync => Builder.Configuration["AppendFsync"] is { Length: > 0 } chosen ? chosen : "everysec";

    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(string database, string server) =>
        FromOutside(database) ?? AddOwnDatabase(database, server);

    public IResourceBuilder<IResourceWithConnectionString> AddRedis(string name) => FromOutside(name) ?? AddOwnRedis(name);

    internal static bool IsFromOutside(IConfiguration configuration, string name) =>
        !string.IsNullOrEmpty(configuration.GetConnectionString(name));

    protected abstract IResourceBuilder<IResourceWithConnectionString> AddOwnDatabase(string database, string server);

    protected abstract IResourceBuilder<IResourceWithConnectionString> AddOwnRedis(string name);

    private IResourceBuilder<IResourceWithConnectionString>? FromOutside(string name) =>
        IsFromOutside(Builder.Configuration, name) ? Builder.AddConnectionString(name) : null;
}
