using Microsoft.Extensions.Configuration;
using Npgsql;

namespace LittleService.Jobs.Storage;

/// <summary>
/// The rules for every pool of connections to Postgres. A pooler with transaction pooling, such as PgBouncer's usual mode, lends a
/// connection for one transaction: nothing may stay on it, and what is sent when it is opened is refused or lost.
/// </summary>
public static class PostgresPools
{
    /// <summary>The setting that says a pooler with transaction pooling is between this process and Postgres.</summary>
    public const string TransactionPooling = "Database:TransactionPooling";

    /// <summary>Whether <see cref="TransactionPooling"/> is set.</summary>
    /// <exception cref="InvalidOperationException">The setting is neither true nor false.</exception>
    public static bool HasTransactionPooling(IConfiguration configuration) => configuration.GetValue<bool>(TransactionPooling);

    /// <summary>Prepares statements by themselves from their second use on, or, behind a pooler, leaves nothing on a connection.</summary>
    /// <param name="connection">The settings of the pool.</param>
    /// <param name="configuration">Holds <see cref="TransactionPooling"/>.</param>
    /// <param name="statements">The most statements that stay prepared on a connection.</param>
    public static void PrepareStatements(this NpgsqlConnectionStringBuilder connection, IConfiguration configuration, int statements)
    {
        if (HasTransactionPooling(configuration)) (connection.MaxAutoPrepare, connection.NoResetOnClose) = (0, true);
        else (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (statements, 2);
    }

    /// <summary>Adds server settings to those of the connection string; behind a pooler the server's own hold.</summary>
    /// <param name="connection">The settings of the pool.</param>
    /// <param name="configuration">Holds <see cref="TransactionPooling"/>.</param>
    /// <param name="options">Such as <c>-c jit=off</c>.</param>
    public static void AddServerOptions(this NpgsqlConnectionStringBuilder connection, IConfiguration configuration, string options)
    {
        if (!HasTransactionPooling(configuration)) connection.Options = $"{connection.Options} {options}".TrimStart();
    }

    /// <summary>
    /// Bounds a pool: at most so many connections, or the connection string's <c>Maximum Pool Size</c> where that is less.
    /// </summary>
    /// <param name="connection">The settings of the pool.</param>
    /// <param name="connections">The most connections.</param>
    public static void LimitTo(this NpgsqlConnectionStringBuilder connection, int connections)
    {
        connection.MaxPoolSize = Math.Clamp(connections, 1, connection.MaxPoolSize);
        connection.MinPoolSize = Math.Min(connection.MinPoolSize, connection.MaxPoolSize);
    }
}
