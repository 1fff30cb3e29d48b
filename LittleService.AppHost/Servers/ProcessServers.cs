using LittleService.AppHost.LocalServers;

namespace LittleService.AppHost.Servers;

/// <summary>
/// Postgres and Redis as processes of the app host's own, with the names and connection strings that the containers have.
/// </summary>
public sealed class ProcessServers(IDistributedApplicationBuilder builder, DataFolder data, ServerPrograms programs)
    : ServerProvider(builder)
{
    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnDatabase(string database, string server) =>
        Builder.AddLocalPostgres(server, programs, data).WithPasswordCheck().AddDatabase(database);

    protected override IResourceBuilder<IResourceWithConnectionString> AddOwnRedis(string name) =>
        Builder.AddLocalRedis(name, programs, data).WithAppendFsync(AppendFsync);
}
