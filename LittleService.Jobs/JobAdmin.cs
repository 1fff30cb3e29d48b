using System.Text.Json;
using LittleService.Jobs.Storage;
using Npgsql;

namespace LittleService.Jobs;

/// <summary>Operations on jobs and queues. Each one writes a row to <c>job_audit</c> with the name of the operator.</summary>
public sealed class JobAdmin
{
    private readonly JobDatabase _database;

    internal JobAdmin(JobDatabase database) => _database = database;

    /// <summary>
    /// Cancels a job that has not ended, running or not. From then on a running job can commit nothing; its handler is cancelled within
    /// seconds.
    /// </summary>
    /// <returns>False where there is no such job, or it has ended.</returns>
    public async Task<bool> CancelAsync(Guid id, string actor, CancellationToken cancellationToken) =>
        await ExecuteAsync(JobAdminSql.Cancel, [new() { Value = id }, new() { Value = actor }], cancellationToken) > 0;

    /// <summary>Starts no job of the queue until it is resumed; running jobs continue.</summary>
    public Task PauseAsync(string queue, string actor, CancellationToken cancellationToken) =>
        ExecuteAsync(JobAdminSql.Pause, [new() { Value = queue }, new() { Value = actor }], cancellationToken);

    /// <summary>Starts jobs of the queue again.</summary>
    public Task ResumeAsync(string queue, string actor, CancellationToken cancellationToken) =>
        ExecuteAsync(JobAdminSql.Resume, [new() { Value = queue }, new() { Value = actor }], cancellationToken);

    /// <summary>How many jobs <see cref="ReplayAsync"/> would replay.</summary>
    public async Task<long> CountReplayableAsync(ReplayFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = Command(JobAdminSql.CountReplayable, [.. Matching(filter), new() { Value = filter.Most }]);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes stopped jobs available again, with all their attempts. Returns how many.</summary>
    public async Task<long> ReplayAsync(ReplayFilter filter, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = Command(
            JobAdminSql.Replay,
            [
                .. Matching(filter), new() { Value = filter.Most }, new() { Value = actor },
                new() { Value = JsonSerializer.Serialize(filter, JobJson.Options) },
            ]);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlParameter[] Matching(ReplayFilter filter) =>
    [
        new() { Value = filter.States.ToArray() },
        new() { Value = (object?)filter.Id ?? DBNull.Value },
        new() { Value = (object?)filter.Kind ?? DBNull.Value },
        new() { Value = (object?)filter.EndedSince?.ToUniversalTime() ?? DBNull.Value },
    ];

    private NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = _database.Source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private async Task<int> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
