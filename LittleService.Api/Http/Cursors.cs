using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LittleService.Data;

namespace LittleService.Api.Http;

/// <summary>
/// Where a page of a list ended, as text that callers hand back unread. It is signed together with the name of its list (its order and search
/// included), so that one of another list, another service or somebody's own making is told from ours.
/// </summary>
public sealed class Cursors(CursorKey key)
{
    private const int SignatureSize = 16;

    /// <summary>The cursor after a position.</summary>
    public async ValueTask<string> WriteAsync(string list, string[] position, CancellationToken cancellationToken) =>
        Write(await key.GetAsync(cancellationToken), list, position);

    /// <summary>The position, or null when this is no cursor of the list.</summary>
    public async ValueTask<string[]?> ReadAsync(string list, string cursor, CancellationToken cancellationToken) =>
        Read(await key.GetAsync(cancellationToken), list, cursor);

    internal static string Write(byte[] key, string list, string[] position)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(position);
        return Base64Url.EncodeToString([.. Sign(key, list, payload), .. payload]);
    }

    internal static string[]? Read(byte[] key, string list, string cursor)
    {
        if (!Base64Url.IsValid(cursor, out var length) || length <= SignatureSize) return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        var payload = bytes.AsSpan(SignatureSize);
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureSize), Sign(key, list, payload)) ? JsonSerializer.Deserialize<string[]>(payload) : null;
    }

    private static byte[] Sign(byte[] key, string list, ReadOnlySpan<byte> payload) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes(list), 0, .. payload])[..SignatureSize];
}
