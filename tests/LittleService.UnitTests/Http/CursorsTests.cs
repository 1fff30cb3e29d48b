using LittleService.Api.Http;

namespace LittleService.UnitTests.Http;

public sealed class CursorsTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    [Fact]
    public void CursorLeadsBackToItsPositionAndNoOtherTextDoes()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var n = 0; n < 2000; n++)
        {
            string[] position = [Text(random), Text(random)];
            var list = Text(random);
            var cursor = Cursors.Write(Key, list, position);

            Assert.Equal(position, Cursors.Read(Key, list, cursor));
            Assert.Equal(cursor, Cursors.Write(Key, list, position));
            Assert.Null(Cursors.Read(Key, list + "x", cursor));
            Assert.Null(Cursors.Read([1, .. Key[1..]], list, cursor));
            Assert.Null(Cursors.Read(Key, list, Tampered(cursor, random)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA+AAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA\0AAAAAAAA")]
    [InlineData("ÄAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void AnythingElseIsNoCursor(string text) => Assert.Null(Cursors.Read(Key, "items", text));

    [Fact]
    public void VeryLongTextIsNoCursor() => Assert.Null(Cursors.Read(Key, "items", new string('A', 1_000_000)));

    // Another letter in the middle: in the last place it may stand for bits that don't count.
    private static string Tampered(string cursor, Random random)
    {
        var at = random.Next(cursor.Length - 2);
        return cursor[..at] + (cursor[at] == 'A' ? 'B' : 'A') + cursor[(at + 1)..];
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => "aZ 0\"'\\\n\téß漢🦊\u202e".EnumerateRunes().ElementAt(random.Next(14))));
}
