using Npgsql;

namespace LittleService.Data;

/// <summary>What the cursors of lists are signed with; read once, the same in every replica.</summary>
public sealed class CursorKey(NpgsqlDataSource database, DatabaseWatch watch)
{
    private byte[]? _key;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => _key ??= await watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand("select key from cursor_key");
        return (byte[])(await command.ExecuteScalarAsync(cancellationToken))!;
    });
}
