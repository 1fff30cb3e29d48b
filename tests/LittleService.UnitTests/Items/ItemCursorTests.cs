using LittleService.Api.Items;

namespace LittleService.UnitTests.Items;

public sealed class ItemCursorTests
{
    [Fact]
    public void CursorLeadsBackToItsItem()
    {
        for (var n = 0; n < 1000; n++)
        {
            var id = Guid.NewGuid();

            Assert.True(ItemCursor.TryRead(ItemCursor.From(id), out var read));
            Assert.Equal(id, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA\0")]
    [InlineData("ÄAAAAAAAAAAAAAAAAAAAAA")]
    public void AnythingElseIsNoCursor(string text) => Assert.False(ItemCursor.TryRead(text, out _));

    [Fact]
    public void VeryLongTextIsNoCursor() => Assert.False(ItemCursor.TryRead(new string('A', 1_000_000), out _));
}
