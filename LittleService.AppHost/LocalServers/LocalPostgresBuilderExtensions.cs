using LittleService.AppHost.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LittleService.AppHost.LocalServers;

/// <summary>Adds a local Postgres and its databases, as <c>AddPostgres</c> and <c>AddDatabase</c> do it with a container.</summary>
public static class LocalPostgresBuilderExtensions
{
    /// <summary>
    /// Adds a Postgres that keeps its data in <paramref name="data"/> and listens on a free port of the loopback interface.
    /// </summary>
    public static IResourceBuilder<LocalPostgresServerResource> AddLocalPostgres(
        this IDistributedApplicationBuilder builder, string name, ServerPrograms programs, DataFolder data)
    {
        var server = new LocalPostgresServerResource(name, builder.AppHostDirectory, builder.AddPassword(name));
        return builder.AddLocalServer(server, "postgres.sh", programs.Postgres, data)
            .WithIconName("DatabaseMultiple")
            .WithPostgresHealthCheck("postgres")
            .OnResourceReady(CreateDatabasesAsync);
    }

    /// <summary>Adds a database, which is created when the server is ready and has none of this name.</summary>
    public static IResourceBuilder<LocalPostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<LocalPostgresServerResource> server, string name)
    {
        var database = new LocalPostgresDatabaseResource(name, server.Resource);
        server.Resource.AddDatabase(database);
        return server.ApplicationBuilder.AddResource(database)
            .WithIconName("Database")
            .WithPostgresHealthCheck(name)
            .OnInitializeResource(FollowServerAsync)
            .ExcludeFromManifest();
    }

    private static IResourceBuilder<T> WithPostgresHealthCheck<T>(this IResourceBuilder<T> builder, string database)
        where T : IResourceWithConnectionString
    {
        string? connectionString = null;
        var check = $"{builder.Resource.Name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddNpgSql(
            _ => connectionString ?? throw new InvalidOperationException("Connection string is unavailable"), name: check);
        return builder.WithHealthCheck(check).OnConnectionStringAvailable(async (resource, _, cancellationToken) =>
            connectionString = await PostgresConnection.StringAsync(resource, database, cancellationToken));
    }

    private static async Task CreateDatabasesAsync(
        LocalPostgresServerResource server, ResourceReadyEvent @event, CancellationToken cancellationToken)
    {
        await using var connection = await PostgresConnection.OpenAsync(server, cancellationToken);
        foreach (var database in server.Databases)
            await connection.CreateDatabaseAsync(database.Name, cancellationToken);
    }

    // Aspire hands the state of a container on to its children, but not that of an executable.
    private static async Task FollowServerAsync(
        LocalPostgresDatabaseResource database, InitializeResourceEvent @event, CancellationToken cancellationToken)
    {
        var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        ResourceStateSnapshot? last = null;
        await foreach (var change in @event.Notifications.WatchAsync(stopping))
        {
            if (change.Resource != database.Parent || change.Snapshot.State == last)
                continue;
            last = change.Snapshot.State;
            await @event.Notifications.PublishUpdateAsync(database, snapshot => snapshot with
            {
                State = change.Snapshot.State,
                StartTimeStamp = change.Snapshot.StartTimeStamp,
                StopTimeStamp = change.Snapshot.StopTimeStamp,
            });
        }
    }
}
