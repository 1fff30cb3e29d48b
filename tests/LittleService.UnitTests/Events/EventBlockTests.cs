using System.Buffers;
using LittleService.Data.Events;

namespace LittleService.UnitTests.Events;

public sealed class EventBlockTests
{
    [Fact]
    public void BlockCutAnywhereIsNoBlock()
    {
        var packed = new ArrayBufferWriter<byte>();
        EventBlock.Write(packed, new(1, "name"u8, Guid.NewGuid(), "subject"u8, 1.5));

        for (var length = 1; length < packed.WrittenCount; length++)
        {
            var cut = packed.WrittenSpan[..length].ToArray();
            Assert.Throws<InvalidDataException>(() => Read(cut));
        }
        Read(packed.WrittenSpan.ToArray());
    }

    private static void Read(byte[] bytes)
    {
        ReadOnlySpan<byte> block = bytes;
        while (EventBlock.TryRead(ref block, out _))
        {
            // Only whether it can be read matters.
        }
    }

    [Fact]
    public void PropertiesOfTheReleaseBeforeAreSkipped()
    {
        var packed = new ArrayBufferWriter<byte>();
        EventBlock.Write(packed, new(1, "before"u8, null, [], null));
        EventBlock.Write(packed, new(2, "after"u8, null, [], null));
        var bytes = packed.WrittenSpan.ToArray();
        // Flag 8, and at the end of the event the length and the JSON.
        bytes[0] |= 8;
        ReadOnlySpan<byte> block = [.. bytes.AsSpan(0, 16), 2, 0, (byte)'{', (byte)'}', .. bytes.AsSpan(16)];

        Assert.True(EventBlock.TryRead(ref block, out var before));
        Assert.True(EventBlock.TryRead(ref block, out var after));

        Assert.Equal((1, 2), (before.Milliseconds, after.Milliseconds));
        Assert.True(block.IsEmpty);
    }
}
