using System.Security.Cryptography;
using LittleService.ServiceDefaults;
using Npgsql;

namespace LittleService.Data;

/// <summary>Tells a database that is away, or not migrated yet, from a mistake of ours: the first is a 503 that passes by itself.</summary>
internal static class DatabaseProblem
{
    private static readonly Problem Unavailable =
        new(503, "The database cannot be reached at the moment. Try again shortly.", TimeSpan.FromSeconds(1));

    public static Problem? Of(Exception exception) => exception switch
    {
        PostgresException { IsTransient: true } => Unavailable,
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } => Unavailable,
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidPassword } => Unavailable,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => Unavailable,
        // What stands between, a pooler for example, says so when it has no connection to give.
        PostgresException postgres when postgres.SqlState.StartsWith("08", StringComparison.Ordinal) => Unavailable,
        PostgresException => null,
        DatabaseUnavailableException => Unavailable,
        NpgsqlException => Unavailable,
        // Data Protection hides why it could not read its keys.
        CryptographicException { InnerException: { } inner } => Of(inner),
        _ => null,
    };
}
