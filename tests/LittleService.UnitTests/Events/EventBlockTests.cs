using System.Buffers;
using LittleService.Data.Events;

namespace LittleService.UnitTests.Events;

public sealed class EventBlockTests
{
    [Fact]
    public void BlockCutAnywhereIsNoBlock()
    {
        var packed = new ArrayBufferWriter<byte>();
        EventBlock.Write(packed, new(1, "name"u8, Guid.NewGuid(), "subject"u8, 1.5, "{}"u8));

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
}
