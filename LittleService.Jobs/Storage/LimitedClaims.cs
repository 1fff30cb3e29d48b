using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>
/// Claims jobs that have a limit, as many as the limits allow: see the function <c>job_pick_limited</c> in the migrations. A lock lets one
/// worker count at a time.
/// </summary>
internal sealed class LimitedClaims(JobDatabase database, JobRegistry registry, JobClaims claims)
{
    private const string Lock = "SELECT pg_try_advisory_xact_lock(5498315023)";

    private const string Claim = "WITH picked AS (SELECT id FROM job_pick_limited($1, $4, $5, $6, $7, $8, $9)) " + JobClaims.Take;

    public async Task<List<HeldJob>> TakeAsync(
        IReadOnlyList<(string Queue, JobPriority Priority)> streams, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        if (!await AnyAsync(connection, cancellationToken))
            return [];
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(Lock, connection, transaction))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                return [];
        }

        await using var claim = claims.Command(Claim, most);
        (claim.Connection, claim.Transaction) = (connection, transaction);
        AddLimits(claim);
        claim.Parameters.Add(new() { Value = streams.Select(stream => stream.Queue).Distinct().ToArray() });
        var jobs = await claims.ReadJobsAsync(claim, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return jobs;
    }

    private static async Task<bool> AnyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var any = new NpgsqlCommand(
            "SELECT EXISTS (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL)", connection);
        return await any.ExecuteScalarAsync(cancellationToken) is true;
    }

    private void AddLimits(NpgsqlCommand command)
    {
        command.AddArray(NpgsqlDbType.Text, registry.All, static kind => kind.Kind);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.MaxRunning ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.MaxRunningPerKey ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.Rate ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Interval, registry.All, static kind => kind.Policy.RatePeriod);
    }
}
