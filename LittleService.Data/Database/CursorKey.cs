using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace LittleService.Data;

/// <summary>
/// The key that signs the cursors of lists, the same in every replica; encrypted with Data Protection, and read once. A cursor itself is
/// signed rather than encrypted, so that it is the same each time: see docs/decisions/0011-cursors-are-signed.md.
/// </summary>
public sealed class CursorKey(NpgsqlDataSource database, DatabaseWatch watch, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.CursorKey");
    private byte[]? _key;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken) =>
        _key ??= await watch.WaitAsync(() => LoadAsync(cancellationToken));

    private async Task<byte[]> LoadAsync(CancellationToken cancellationToken)
    {
        var stored = (await database.QueryAsync<byte[]?>("select protected_key from cursor_key", null, cancellationToken)).Single();
        if (stored is not null && Unprotect(stored) is { } key) return key;

        // If there is no key, or Data Protection cannot decrypt it, the first process stores a new one and all read that.
        var created = _protector.Protect(RandomNumberGenerator.GetBytes(32));
        await database.ExecuteAsync(
            "update cursor_key set protected_key = @created where protected_key is not distinct from @stored", new { created, stored },
            cancellationToken);
        return await LoadAsync(cancellationToken);
    }

    private byte[]? Unprotect(byte[] stored)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException exception) when (exception.InnerException is null)
        {
            // An inner exception means that the Data Protection keys could not be read just now, which passes.
            return null;
        }
    }
}
