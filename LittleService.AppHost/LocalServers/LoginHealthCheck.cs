using Npgsql;

namespace LittleService.AppHost.LocalServers;

internal sealed partial class LoginHealthCheck(IResourceWithConnectionString server, ILogger<LoginHealthCheck> logger) : IHealthCheck
{
    // One object is made per check, and one sentence on the console is enough.
    private static readonly HashSet<string> Told = [];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await PostgresHealth.OpenAsync(server, "postgres", cancellationToken);
            await connection.ExecuteAsync("SELECT 1", cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            var reason = $"The data of {server.Name} was made with another password than the one in this app host's user secrets: "
                + $"put Parameters:{server.Name}-password back, or start once with --ResetData=true, which deletes the data.";
            if (Told.Add(server.Name))
                LogWrongPassword(reason);
            return HealthCheckResult.Unhealthy(reason, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private partial void LogWrongPassword(string reason);
}
