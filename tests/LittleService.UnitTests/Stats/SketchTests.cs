using System.Buffers.Binary;
using System.Security.Cryptography;
using LittleService.Data.Stats;

namespace LittleService.UnitTests.Stats;

public sealed class SketchTests
{
    [Fact]
    public void FewSubjectsAreCountedExactly()
    {
        var sketch = Of(0, DistinctSketch.ExactLimit);

        Assert.Equal(DistinctSketch.ExactLimit, sketch.Count());
        Assert.Equal(1 + DistinctSketch.ExactLimit * sizeof(ulong), sketch.ToBytes().Length);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(3_000)]
    [InlineData(6_000)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void ManySubjectsAreCountedWithinThreeStandardErrors(int subjects) =>
        Assert.InRange(Of(0, subjects).Count(), subjects * .93, subjects * 1.07);

    [Fact]
    public void SeeingThemAgainChangesNothing()
    {
        var sketch = Of(0, 5_000);
        var before = sketch.ToBytes();

        sketch.Merge(Of(1_000, 2_000));

        Assert.Equal(before, sketch.ToBytes());
    }

    [Theory]
    [InlineData(50, 40)]
    [InlineData(100, 100)]
    [InlineData(100, 5_000)]
    [InlineData(5_000, 100)]
    [InlineData(5_000, 5_000)]
    public void MergedAndStoredIsTheSameAsCountedTogether(int first, int second)
    {
        var together = Of(0, first + second);
        var merged = DistinctSketch.FromBytes(Of(0, first).ToBytes());

        merged.Merge(DistinctSketch.FromBytes(Of(first, first + second).ToBytes()));

        Assert.Equal(together.ToBytes(), merged.ToBytes());
        Assert.InRange(merged.ToBytes().Length, 1, 1600);
    }

    // A hash of good quality that is the same in every run.
    private static DistinctSketch Of(int from, int to)
    {
        var sketch = new DistinctSketch();
        Span<byte> hash = stackalloc byte[32];
        Span<byte> number = stackalloc byte[4];
        for (var i = from; i < to; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, i);
            SHA256.HashData(number, hash);
            sketch.Add(BinaryPrimitives.ReadUInt64LittleEndian(hash));
        }
        return sketch;
    }
}
