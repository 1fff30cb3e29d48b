using Npgsql;

namespace LittleService.AppHost.LocalServers;

/// <summary>Asks the database a query, and creates the database where the server has none of that name, as AddDatabase does with a container.</summary>
internal sealed class DatabaseHealthCheck(LocalDatabaseResource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await AskAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await CreateAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await PostgresHealth.OpenAsync(database, null, cancellationToken);
        await connection.ExecuteAsync("SELECT 1", cancellationToken);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await PostgresHealth.OpenAsync(database, "postgres", cancellationToken);
        await connection.ExecuteAsync($"CREATE DATABASE \"{database.Name}\"", cancellationToken);
    }
}
