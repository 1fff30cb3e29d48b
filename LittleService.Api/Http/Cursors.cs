using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LittleService.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LittleService.Api.Http;

/// <summary>
/// The end of a page of a list, as an opaque text. It is signed together with the name of its list (with its order and search), so that
/// forged cursors and those of another list or service are recognised.
/// </summary>
public sealed class Cursors(CursorKey key)
{
    private const int SignatureSize = 16;

    /// <summary>The response where there is no page.</summary>
    public static ValidationProblem InvalidCursor() =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["cursor"] = ["This is not a cursor of this list."] });

    /// <summary>The page after a cursor, or the first one; null when the cursor does not belong to the list.</summary>
    /// <param name="list">The name of the list.</param>
    /// <param name="cursor">The <c>Next</c> of the page before.</param>
    /// <param name="limit">How many there are on a page.</param>
    /// <param name="read">Reads what follows a position, at most so many.</param>
    /// <param name="positionOf">Where one stands in the list.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Page<T>?> PageAsync<T>(
        string list, string? cursor, int limit, Func<string[]?, int, Task<List<T>>> read, Func<T, string[]> positionOf,
        CancellationToken cancellationToken)
    {
        var secret = await key.GetAsync(cancellationToken);
        var after = cursor is null ? null : Read(secret, list, cursor);
        if (after is null && cursor is not null) return null;

        // One more than asked for shows whether a page follows.
        var found = await read(after, limit + 1);
        if (found.Count <= limit) return new(found, null);
        found.RemoveAt(limit);
        return new(found, Write(secret, list, positionOf(found[^1])));
    }

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
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureSize), Sign(key, list, payload))
            ? JsonSerializer.Deserialize<string[]>(payload) : null;
    }

    private static byte[] Sign(byte[] key, string list, ReadOnlySpan<byte> payload) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes(list), 0, .. payload])[..SignatureSize];
}
