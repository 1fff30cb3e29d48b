using LittleService.Jobs.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.Data.Migrations;

/// <summary>Healthy when every migration this process knows has been applied, whoever starts first.</summary>
internal sealed class SchemaHealthCheck(Migrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var pending = await migrator.PendingAsync(cancellationToken);
        return pending.Count == 0
            ? HealthCheckResult.Healthy("The schema is current.")
            : new(context.Registration.FailureStatus,
                $"Waiting for migration {pending[0]}{(pending.Count > 1 ? $" and {pending.Count - 1} more" : "")}.");
    }
}
