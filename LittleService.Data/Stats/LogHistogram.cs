using System.Buffers.Binary;

namespace LittleService.Data.Stats;

/// <summary>Values in logarithmic steps, four to each doubling: a quantile is off by at most a tenth of its value.</summary>
public sealed class LogHistogram
{
    private const int StepsPerDoubling = 4;

    // Values smaller than 2^-30 count as zero; 10^15, the largest that is taken, lies below 2^50.
    private const int Smallest = -30 * StepsPerDoubling;
    private const int EntrySize = sizeof(short) + sizeof(long);

    private readonly SortedDictionary<short, long> _steps = [];

    /// <summary>The steps that hold anything, from the lowest: bounds and count.</summary>
    public IEnumerable<(double From, double To, long Count)> Steps =>
        _steps.Select(
            step =>
                step.Key < 0 ? (-Bound(-step.Key), -Bound(-step.Key - 1), step.Value) : (Bound(step.Key - 1), Bound(step.Key), step.Value));

    public void Add(double value)
    {
        var step = Step(value);
        _steps[step] = _steps.GetValueOrDefault(step) + 1;
    }

    public void Merge(LogHistogram other)
    {
        foreach (var (step, count) in other._steps) _steps[step] = _steps.GetValueOrDefault(step) + count;
    }

    /// <summary>The value below which a share of all values lies; null when there are none.</summary>
    public double? Quantile(double share)
    {
        var rest = share * _steps.Values.Sum();
        foreach (var (from, to, count) in Steps)
        {
            rest -= count;
            if (rest <= 0) return (from + to) / 2;
        }
        return null;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[_steps.Count * EntrySize];
        var rest = bytes.AsSpan();
        foreach (var (step, count) in _steps)
        {
            BinaryPrimitives.WriteInt16LittleEndian(rest, step);
            BinaryPrimitives.WriteInt64LittleEndian(rest[sizeof(short)..], count);
            rest = rest[EntrySize..];
        }
        return bytes;
    }

    public static LogHistogram FromBytes(ReadOnlySpan<byte> bytes)
    {
        var histogram = new LogHistogram();
        for (; bytes.Length >= EntrySize; bytes = bytes[EntrySize..])
            histogram._steps[BinaryPrimitives.ReadInt16LittleEndian(bytes)] = BinaryPrimitives.ReadInt64LittleEndian(
                bytes[sizeof(short)..]);
        return histogram;
    }

    // Step 0 holds zero; step n > 0 the values up to 2^((Smallest + n) / 4), and step -n their negatives.
    private static short Step(double value)
    {
        var size = Math.Abs(value);
        if (size == 0) return 0;
        var step = (int)Math.Ceiling(Math.Log2(size) * StepsPerDoubling) - Smallest;
        return (short)(step <= 0 ? 0 : Math.CopySign(step, value));
    }

    private static double Bound(int step) => step <= 0 ? 0 : Math.Pow(2, (double)(step + Smallest) / StepsPerDoubling);
}
