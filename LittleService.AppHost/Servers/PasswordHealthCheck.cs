using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.AppHost.Servers;

internal static class PasswordHealthCheckExtensions
{
    /// <summary>
    /// Says in a sentence, on the console and in the dashboard, when a Postgres keeps data that was made with another password.
    /// </summary>
    public static IResourceBuilder<T> WithPasswordCheck<T>(this IResourceBuilder<T> postgres) where T : IResourceWithConnectionString
    {
        var check = $"{postgres.Resource.Name}_password";
        PasswordHealthCheck? instance = null;
        postgres.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            check,
            services => instance ??= ActivatorUtilities.CreateInstance<PasswordHealthCheck>(services, postgres.Resource),
            failureStatus: null,
            tags: null));
        return postgres.WithHealthCheck(check);
    }
}

/// <summary>Unhealthy where the server refuses the password of this app host, and then with the way out.</summary>
internal sealed partial class PasswordHealthCheck(IResourceWithConnectionString server, ILogger<PasswordHealthCheck> logger) : IHealthCheck
{
    private bool _logged;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await PostgresConnection.OpenAsync(server, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            var reason = $"The data of {server.Name} was made with another password than the one in this app host's user secrets: "
                + $"put Parameters:{server.Name}-password back, or start once with --ResetData=true, which deletes the data.";
            if (!_logged)
                LogWrongPassword(reason);
            _logged = true;
            return HealthCheckResult.Unhealthy(reason, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private partial void LogWrongPassword(string reason);
}
