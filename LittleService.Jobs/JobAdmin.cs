using System.Text.Json;
using LittleService.Jobs.Schedules;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Npgsql;

namespace LittleService.Jobs;

/// <summary>Operations on jobs and queues. Each one writes a row to <c>job_audit</c> with the name of the operator.</summary>
public sealed class JobAdmin
{
    private readonly JobDatabase _database;
    private readonly IReadOnlyList<Schedule> _schedules;
    private readonly NewJobFactory _factory;
    private readonly JobStreams _streams;

    internal JobAdmin(JobDatabase database, IEnumerable<Schedule> schedules, NewJobFactory factory, JobStreams streams) =>
        (_database, _schedules, _factory, _streams) = (database, [.. schedules], factory, streams);

    /// <summary>The names of the schedules that this process has added.</summary>
    public IEnumerable<string> Schedules => _schedules.Select(static schedule => schedule.Name).Order(StringComparer.Ordinal);

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

    /// <summary>
    /// Runs the job of a schedule once more, now; its due times are as they were, and a schedule that skips overlaps does not see it.
    /// </summary>
    /// <returns>The id of the job; null where this process has added no such schedule.</returns>
    public async Task<Guid?> RunScheduleAsync(string schedule, string actor, CancellationToken cancellationToken)
    {
        if (_schedules.FirstOrDefault(known => known.Name == schedule) is not { } known)
            return null;
        var job = known.Create(_factory, $"schedule:{schedule}:{Guid.CreateVersion7()}");
        await using var connection = await _database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await JobInserts.StoreAsync(connection, transaction, [job], cancellationToken);
        await using var audit = new NpgsqlCommand(JobAdminSql.RunSchedule, connection, transaction)
        {
            Parameters = { new() { Value = actor }, new() { Value = schedule } },
        };
        await audit.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _streams.Publish([job]);
        return job.StoredId;
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
