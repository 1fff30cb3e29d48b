using System.Buffers.Text;

namespace LittleService.Api.Items;

/// <summary>Where a page of the list ended, as text that callers hand back unread.</summary>
public static class ItemCursor
{
    private const int Size = 16;

    public static string From(Guid last) => Base64Url.EncodeToString(last.ToByteArray(bigEndian: true));

    public static bool TryRead(string cursor, out Guid last)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var valid = cursor.Length <= 2 * Size && Base64Url.IsValid(cursor, out var length) && length == Size
            && Base64Url.TryDecodeFromChars(cursor, bytes, out _);
        last = valid ? new Guid(bytes, bigEndian: true) : default;
        return valid;
    }
}
