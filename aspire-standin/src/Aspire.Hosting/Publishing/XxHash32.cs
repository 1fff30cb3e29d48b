using System.Buffers.Binary;
using System.Numerics;

namespace Aspire.Hosting.Publishing;

/// <summary>The xxHash of 32 bits with seed 0: names in the manifest are made with it, and System.IO.Hashing is not everywhere to be had.</summary>
internal static class XxHash32
{
    private const uint Prime1 = 2654435761, Prime2 = 2246822519, Prime3 = 3266489917, Prime4 = 668265263, Prime5 = 374761393;

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        var hash = (length >= 16 ? Stripes(ref data) : Prime5) + length;
        for (; data.Length >= 4; data = data[4..])
            hash = BitOperations.RotateLeft(hash + (Word(data) * Prime3), 17) * Prime4;
        foreach (var rest in data)
            hash = BitOperations.RotateLeft(hash + (rest * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Stripes(ref ReadOnlySpan<byte> data)
    {
        Span<uint> lanes = [unchecked(Prime1 + Prime2), Prime2, 0, unchecked(0u - Prime1)];
        for (; data.Length >= 16; data = data[16..])
            for (var lane = 0; lane < 4; lane++)
                lanes[lane] = BitOperations.RotateLeft(lanes[lane] + (Word(data[(lane * 4)..]) * Prime2), 13) * Prime1;
        return BitOperations.RotateLeft(lanes[0], 1) + BitOperations.RotateLeft(lanes[1], 7)
            + BitOperations.RotateLeft(lanes[2], 12) + BitOperations.RotateLeft(lanes[3], 18);
    }

    private static uint Word(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt32LittleEndian(data);
}
