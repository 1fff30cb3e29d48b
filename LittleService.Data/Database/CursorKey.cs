using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace LittleService.Data;

/// <summary>
/// What the cursors of lists are signed with, the same in every replica; stored as Data Protection encrypts it, and read once. A cursor
/// itself is signed rather than encrypted, so that it is the same each time: see docs/decisions/0011-cursors-are-signed.md.
/// </summary>
public sealed class CursorKey(NpgsqlDataSource database, DatabaseWatch watch, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.CursorKey");
    private byte[]? _key;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) => _key ??= await watch.WaitAsync(async () =>
    {
        var created = _protector.Protect(RandomNumberGenerator.GetBytes(32));
        // The first process stores its own; all others find that one.
        await using var command = database.CreateCommand(
            "update cursor_key set protected_key = coalesce(protected_key, $1) returning protected_key").With(created);
        return _protector.Unprotect((byte[])(await command.ExecuteScalarAsync(cancellationToken))!);
    });
}
