using LittleService.Api.Http;

namespace LittleService.UnitTests.Http;

public sealed class VersionTagsTests
{
    [Theory]
    [InlineData("\"3\"", 3)]
    [InlineData("\"3s\"", 3)]
    [InlineData("\"1\", \"2s\"", 1, 2)]
    [InlineData("W/\"3\"")]
    [InlineData("\"\"")]
    [InlineData("\"-3\"")]
    [InlineData("\" 3\"")]
    [InlineData("3")]
    [InlineData("nonsense, \"3\"")]
    [InlineData("\"2147483648\"")]
    public void VersionsAreThoseOfStrongTags(string ifMatch, params int[] versions) => Assert.Equal(versions, VersionTags.Versions(ifMatch));

    [Fact]
    public void StarIsAnyVersion() => Assert.Null(VersionTags.Versions("*"));
}
