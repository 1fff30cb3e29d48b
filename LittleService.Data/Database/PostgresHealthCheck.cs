using LittleService.Jobs.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using static Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult;

namespace LittleService.Data;

/// <summary>Healthy when the database answers a query, and is set up as this service needs it: see docs/deployment.md.</summary>
internal sealed class PostgresHealthCheck(NpgsqlDataSource database, IConfiguration configuration) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_backend_pid(), current_setting('transaction_isolation'), current_setting('server_encoding'),
                   current_setting('transaction_read_only')
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        // A pooler reports a made-up process ID when a connection is opened.
        if (reader.GetInt32(0) != connection.ProcessID && !PostgresPools.HasTransactionPooling(configuration))
            return Unhealthy($"A connection pooler is in front of Postgres: set {PostgresPools.TransactionPooling} to true.");
        if (reader.GetString(1) is not "read committed" and var isolation)
            return Unhealthy($"Set default_transaction_isolation of the role or database to 'read committed'; it is '{isolation}'.");
        if (reader.GetString(2) is not "UTF8" and var encoding)
            return Unhealthy($"The encoding of the database must be UTF8; it is {encoding}.");
        return reader.GetString(3) is "on"
            ? Degraded("The server takes no writes: it is a standby, or default_transaction_read_only is set.")
            : Healthy();
    }
}
