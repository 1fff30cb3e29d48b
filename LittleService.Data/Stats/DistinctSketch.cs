using System.Numerics;
using System.Runtime.InteropServices;

namespace LittleService.Data.Stats;

/// <summary>
/// How many distinct subjects: exact up to <see cref="ExactLimit"/>, beyond it a HyperLogLog whose standard error is 2.3 %.
/// </summary>
public sealed class DistinctSketch
{
    /// <summary>Up to here the hashes themselves are kept.</summary>
    public const int ExactLimit = 128;

    private const int IndexBits = 11;
    private const int Registers = 1 << IndexBits;
    private const byte Exact = 1;
    private const byte Registered = 2;

    private HashSet<ulong>? _hashes = [];
    private byte[]? _registers;

    /// <summary>Adds the hash of a subject.</summary>
    public void Add(ulong hash)
    {
        if (_hashes is null) AddToRegister(hash);
        else if (_hashes.Add(hash) && _hashes.Count > ExactLimit) Approximate();
    }

    /// <summary>Adds all that another one has seen.</summary>
    public void Merge(DistinctSketch other)
    {
        if (other._hashes is { } hashes)
        {
            foreach (var hash in hashes) Add(hash);
            return;
        }
        if (_hashes is not null) Approximate();
        for (var i = 0; i < Registers; i++) Raise(i, other._registers![i]);
    }

    public long Count()
    {
        if (_hashes is { } hashes) return hashes.Count;
        var (sum, empty) = (0.0, 0);
        foreach (var rank in _registers!)
        {
            sum += 1.0 / (1L << rank);
            if (rank == 0) empty++;
        }
        var estimate = 0.7213 / (1 + 1.079 / Registers) * Registers * Registers / sum;
        // The formula overestimates small counts, which the empty registers tell better.
        if (estimate <= 2.5 * Registers && empty > 0) estimate = Registers * Math.Log((double)Registers / empty);
        return (long)Math.Round(estimate);
    }

    /// <summary>At most 1.6 kB, so that a row stays in its page.</summary>
    public byte[] ToBytes()
    {
        if (_hashes is { } hashes) return [Exact, .. MemoryMarshal.AsBytes(hashes.Order().ToArray().AsSpan())];
        var bytes = new byte[1 + Registers * 6 / 8];
        bytes[0] = Registered;
        for (int i = 0, at = 1; i < Registers; i += 4, at += 3)
        {
            var four = _registers![i] | _registers[i + 1] << 6 | _registers[i + 2] << 12 | _registers[i + 3] << 18;
            (bytes[at], bytes[at + 1], bytes[at + 2]) = ((byte)four, (byte)(four >> 8), (byte)(four >> 16));
        }
        return bytes;
    }

    public static DistinctSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var sketch = new DistinctSketch();
        if (bytes.IsEmpty) return sketch;
        if (bytes[0] == Exact)
        {
            foreach (var hash in MemoryMarshal.Cast<byte, ulong>(bytes[1..])) sketch._hashes!.Add(hash);
            return sketch;
        }
        (sketch._hashes, sketch._registers) = (null, new byte[Registers]);
        for (int i = 0, at = 1; i < Registers; i += 4, at += 3)
        {
            var four = bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16;
            for (var j = 0; j < 4; j++) sketch._registers[i + j] = (byte)(four >> 6 * j & 63);
        }
        return sketch;
    }

    private void Approximate()
    {
        _registers = new byte[Registers];
        foreach (var hash in _hashes!) AddToRegister(hash);
        _hashes = null;
    }

    private void AddToRegister(ulong hash) =>
        Raise((int)(hash >> (64 - IndexBits)), (byte)(BitOperations.LeadingZeroCount(hash << IndexBits | 1UL << (IndexBits - 1)) + 1));

    private void Raise(int register, byte rank) => _registers![register] = Math.Max(_registers[register], rank);
}
