using System.Security.Cryptography;
using LittleService.ServiceDefaults;
using Npgsql;

namespace LittleService.Data;

/// <summary>Distinguishes a database that is unavailable or not migrated yet, which is a temporary 503, from a bug.</summary>
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
        // A pooler uses class 08 when it has no connection left.
        PostgresException postgres when postgres.SqlState.StartsWith("08", StringComparison.Ordinal) => Unavailable,
        PostgresException => null,
        DatabaseUnavailableException => Unavailable,
        NpgsqlException => Unavailable,
        // Data Protection wraps the reason why it could not read its keys.
        CryptographicException { InnerException: { } inner } => Of(inner),
        _ => null,
    };
}
