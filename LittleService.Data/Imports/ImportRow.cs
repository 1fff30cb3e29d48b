using LittleService.Data.Items;

namespace LittleService.Data.Imports;

/// <summary>A row to add as an item.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Fields">What it says.</param>
public sealed record ImportRow(int Line, ItemFields Fields)
{
    /// <summary>
    /// The id of its item: a UUID of version 7 with the time at which the import began, and then the line instead of random bits. So items
    /// come in the order of the file, whichever worker adds them and when. See RFC 9562, section 6.2, method 1.
    /// </summary>
    internal Guid IdIn(Import import)
    {
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(import.CreatedAt).TryWriteBytes(id, bigEndian: true, out _);
        // 12 bits before the variant and 20 behind it; the other 42 stay random.
        id[6] = (byte)(0x70 | (Line >>> 28));
        id[7] = (byte)(Line >>> 20);
        id[8] = (byte)(0x80 | ((Line >>> 14) & 0x3f));
        id[9] = (byte)(Line >>> 6);
        id[10] = (byte)((Line << 2) | (id[10] & 3));
        return new(id, bigEndian: true);
    }
}
