using System.Text.Json;
using LittleService.Jobs.Storage;
using Npgsql;

namespace LittleService.Jobs;

/// <summary>What an operator can do to jobs and queues. Every act leaves a row in <c>job_audit</c> with the name of who did it.</summary>
public sealed class JobAdmin
{
    private readonly JobDatabase _database;

    internal JobAdmin(JobDatabase database) => _database = database;

    /// <summary>
    /// Cancels a job that has not ended, running or not. A running one can keep no effect from then on; its handler is told within seconds.
    /// </summary>
    /// <returns>False where there is no such job, or it has ended.</returns>
    public async Task<bool> CancelAsync(Guid id, string actor, CancellationToken cancellationToken) =>
        await ExecuteAsync(JobAdminSql.Cancel, [new() { Value = id }, new() { Value = actor }], cancellationToken) > 0;

    /// <summary>Lets no job of the queue start until it is resumed; those that run go on.</summary>
    public Task PauseAsync(string queue, string actor, CancellationToken cancellationToken) =>
        ExecuteAsync(JobAdminSql.Pause, [new() { Value = queue }, new() { Value = actor }], cancellationToken);

    /// <summary>Lets jobs of the queue start again.</summary>
    public Task ResumeAsync(string queue, string actor, CancellationToken cancellationToken) =>
        ExecuteAsync(JobAdminSql.Resume, [new() { Value = queue }, new() { Value = actor }], cancellationToken);

    /// <summary>How many jobs <see cref="ReplayAsync"/> would replay.</summary>
    public async Task<long> CountReplayableAsync(ReplayFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = Command(JobAdminSql.CountReplayable, [.. Matching(filter), new() { Value = filter.Most }]);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Gives stopped jobs all their attempts again and lets them run. Returns how many.</summary>
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
