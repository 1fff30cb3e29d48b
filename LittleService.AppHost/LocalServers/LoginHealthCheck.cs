using Npgsql;

namespace LittleService.AppHost.LocalServers;

internal sealed partial class LoginHealthCheck(IResourceWithConnectionString server, ILogger<LoginHealthCheck> logger) : IHealthCheck
{
    // One object is made per check, and one sentence on the console is enough.
    private static readonly HashSet<string> s_told = [];

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
            if (s_told.Add(server.Name))
                LogWrongPassword(server.Name);
            return HealthCheckResult.Unhealthy(WrongPassword(server.Name), e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }

    private static string WrongPassword(string server) =>
        $"The data of {server} was made with another password than the one in this app host's user secrets: put Parameters:{server}-password back, or start once with --ResetData=true, which deletes the data.";

    [LoggerMessage(Level = LogLevel.Error, Message = "The data of {Server} was made with another password than the one in this app host's user secrets: put Parameters:{Server}-password back, or start once with --ResetData=true, which deletes the data.")]
    private partial void LogWrongPassword(string server);
}
