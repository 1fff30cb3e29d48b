using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>
/// Writes how attempts ended. Every statement names the token of the attempt, so an attempt that lost its job changes nothing.
/// </summary>
internal static class JobEnds
{
    private const string Complete =
        """
        WITH ended AS (
          DELETE FROM jobs USING unnest($1::uuid[], $2::int[], $3::smallint[], $4::real[]) AS ended (id, token, attempt, milliseconds)
          WHERE jobs.id = ended.id AND jobs.token = ended.token
          RETURNING jobs.id, jobs.queue, jobs.kind, ended.attempt, ended.milliseconds),
        kept AS (
          INSERT INTO job_completions (queue, kind, worker, ids, attempts, milliseconds)
          SELECT queue, kind, $5, array_agg(id), array_agg(attempt), array_agg(milliseconds) FROM ended GROUP BY queue, kind)
        SELECT count(*) FROM ended
        """;

    private const string Move =
        """
        WITH moved AS (
          UPDATE jobs
          SET state = ended.state, token = jobs.token + 1, attempt = jobs.attempt + ended.burnt, reason = ended.error,
              run_at = now() + ended.wait * interval '1 second', lease_until = NULL, worker = NULL,
              finished_at = CASE WHEN ended.state = 'dead' THEN now() END
          FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[], $6::float8[], $7::text[], $8::real[])
               AS ended (id, token, state, burnt, error, wait, outcome, milliseconds)
          WHERE jobs.id = ended.id AND jobs.token = ended.token
          RETURNING jobs.id, ended.token, jobs.kind, ended.outcome, ended.milliseconds, ended.error)
        INSERT INTO job_attempts (job_id, token, kind, outcome, worker, milliseconds, error)
        SELECT id, token, kind, outcome, $9, milliseconds, error FROM moved WHERE outcome IS NOT NULL
        """;

    private const int LongestError = 2000;

    public static async Task WriteAsync(
        NpgsqlDataSource source, IReadOnlyList<HeldJob> jobs, string worker, CancellationToken cancellationToken)
    {
        var done = jobs.Where(job => job.Outcome is Outcome.Done).ToList();
        var moved = jobs.Where(job => job.Outcome is not (Outcome.Done or Outcome.Committed or Outcome.Lost)).ToList();
        if (done.Count + moved.Count == 0)
            return;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (done.Count > 0)
        {
            await using var command = CompleteCommand(done, worker, connection, null);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (moved.Count > 0)
        {
            await using var command = MoveCommand(moved, worker, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Marks the job done in its handler's transaction. False when the job belongs to another attempt.</summary>
    public static async Task<bool> CompleteInTransactionAsync(
        HeldJob job, NpgsqlTransaction transaction, string worker, CancellationToken cancellationToken)
    {
        await using var command = CompleteCommand([job], worker, transaction.Connection!, transaction);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
    }

    private static NpgsqlCommand CompleteCommand(
        IReadOnlyList<HeldJob> jobs, string worker, NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        var command = new NpgsqlCommand(Complete, connection, transaction);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Integer, jobs, static job => job.Token);
        command.AddArray(NpgsqlDbType.Smallint, jobs, static job => (short)job.Attempt);
        command.AddArray(NpgsqlDbType.Real, jobs, static job => (float)job.Milliseconds);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = worker });
        return command;
    }

    private static NpgsqlCommand MoveCommand(IReadOnlyList<HeldJob> jobs, string worker, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Move, connection);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Integer, jobs, static job => job.Token);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => StateAfter(job.Outcome));
        command.AddArray(
            NpgsqlDbType.Integer, jobs, static job => job.Outcome is Outcome.Retry or Outcome.TimedOut or Outcome.Dead ? 1 : 0);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => Storable(job.Error));
        command.AddArray(NpgsqlDbType.Double, jobs, static job => job.Wait.TotalSeconds);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => AttemptAs(job));
        command.AddArray(NpgsqlDbType.Real, jobs, static job => (float)job.Milliseconds);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = worker });
        return command;
    }

    private static string StateAfter(Outcome outcome) => outcome switch
    {
        Outcome.Retry or Outcome.TimedOut => "retryable",
        Outcome.Dead => "dead",
        Outcome.Parked => "parked",
        _ => "scheduled",
    };

    private static string? AttemptAs(HeldJob job) => job.Outcome switch
    {
        Outcome.Retry or Outcome.Dead => "failed",
        Outcome.TimedOut => "timed out",
        Outcome.GivenBack when job.Milliseconds > 0 => "interrupted",
        _ => null,
    };

    // An exception message may contain any character.
    private static string? Storable(string? error) => error is null ? null : PostgresText.Storable(error, LongestError);
}
