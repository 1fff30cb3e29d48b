using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>Columns of a batch as arrays, for <c>unnest</c>: one binary parameter each, whatever the number of rows.</summary>
internal static class ArrayParameters
{
    public static void AddArray<TRow, TValue>(
        this NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> value) =>
        command.Parameters.Add(Create(type, rows, value));

    public static void AddArray<TRow, TValue>(
        this NpgsqlBatchCommand command, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> value) =>
        command.Parameters.Add(Create(type, rows, value));

    private static NpgsqlParameter<TValue[]> Create<TRow, TValue>(NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        return new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }
}
