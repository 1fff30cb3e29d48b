using Dapper;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data;

/// <summary>
/// Dapper on a connection of the pool or of a transaction: <c>@name</c> is a member of the values, and a column goes to the constructor
/// parameter of that name.
/// </summary>
internal static class Queries
{
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlDataSource database, string sql, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<T>(new(sql, values, cancellationToken: cancellationToken))).AsList();
    }

    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource database, string sql, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new(sql, values, cancellationToken: cancellationToken));
    }

    public static async Task<List<T>> QueryAsync<T>(
        this JobTransaction transaction, string sql, object? values, CancellationToken cancellationToken) =>
        (await transaction.Connection.QueryAsync<T>(new(sql, values, transaction.Transaction, cancellationToken: cancellationToken)))
            .AsList();

    public static Task<int> ExecuteAsync(
        this JobTransaction transaction, string sql, object? values, CancellationToken cancellationToken) =>
        transaction.Connection.ExecuteAsync(new(sql, values, transaction.Transaction, cancellationToken: cancellationToken));
}
