using LittleService.Api.Text;

namespace LittleService.UnitTests.Items;

public sealed class StorableTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("🦊 مرحبا e\u0301 \uFEFF\u202E")]
    public void TextIsTaken(string? text) => Assert.True(new StorableTextAttribute().IsValid(text));

    [Fact]
    public void NulIsRefused() => Assert.False(new StorableTextAttribute().IsValid("a\0b"));

    // Built here, since such text does not survive as an argument of a theory.
    [Theory]
    [InlineData(0xd83e)]
    [InlineData(0xd83e, 0x78)]
    [InlineData(0xdd8a)]
    [InlineData(0xdd8a, 0xd83e)]
    [InlineData(0x78, 0xd83e, 0xd83e, 0xdd8a)]
    public void HalfASurrogatePairIsRefused(params int[] text) =>
        Assert.False(new StorableTextAttribute().IsValid(string.Concat(text.Select(unit => (char)unit))));
}
