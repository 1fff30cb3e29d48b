using System.Text;
using System.Text.Json;
using LittleService.Api.Events;
using LittleService.Data.Events;

namespace LittleService.UnitTests.Events;

public sealed class EventParserTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OneEventIsReadWithAllItsFields()
    {
        var parsed = Parse("""{"name":"caf\u00e9","occurredAt":"2030-01-31T12:30:00+01:00","id":"order-1","subject":"s","value":-2.5,"properties":{"a":"b","c":1,"d":true}}""");

        Assert.Null(parsed.Errors);
        ReadOnlySpan<byte> packed = parsed.Packed;
        Assert.True(EventBlock.TryRead(ref packed, out var e));
        Assert.Equal("café", Encoding.UTF8.GetString(e.Name));
        Assert.Equal(Now.AddMinutes(-30).ToUnixTimeMilliseconds(), e.Milliseconds);
        Assert.NotNull(e.Id);
        Assert.Equal("s", Encoding.UTF8.GetString(e.Subject));
        Assert.Equal(-2.5, e.Value);
        Assert.True(packed.IsEmpty);
    }

    [Fact]
    public void MomentOfArrivalStandsInForOneLeftOut()
    {
        ReadOnlySpan<byte> packed = Parse("""{"name":"a"}""").Packed;

        EventBlock.TryRead(ref packed, out var e);

        Assert.Equal(Now.ToUnixTimeMilliseconds(), e.Milliseconds);
        Assert.Null(e.Id);
        Assert.Null(e.Value);
        Assert.True(e.Subject.IsEmpty);
    }

    [Theory]
    [InlineData("5", "")]
    [InlineData("[1,[2]]", "")]
    [InlineData("{}", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"(other)"}""", "name")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    [InlineData("""{"name":"a","name":"b"}""", "name")]
    [InlineData("""{"name":"a","colour":{"deep":[1,2]}}""", "")]
    [InlineData("""{"name":"a","value":"NaN"}""", "value")]
    [InlineData("""{"name":"a","value":"-Infinity"}""", "value")]
    [InlineData("""{"name":"a","value":1e400}""", "value")]
    [InlineData("""{"name":"a","value":-1e400}""", "value")]
    [InlineData("""{"name":"a","value":-1e16}""", "value")]
    [InlineData("""{"name":"a","occurredAt":"2030-01-31T12:00:00"}""", "occurredAt")]
    [InlineData("""{"name":"a","occurredAt":"2029-01-31T12:00:00Z"}""", "occurredAt")]
    [InlineData("""{"name":"a","occurredAt":"2030-01-31T12:06:00Z"}""", "occurredAt")]
    [InlineData("""{"name":"a","occurredAt":12}""", "occurredAt")]
    [InlineData("""{"name":"a","id":{}}""", "id")]
    [InlineData("""{"name":"a","properties":[]}""", "properties")]
    [InlineData("""{"name":"a","properties":{"a":{"b":1}},"value":1}""", "properties")]
    [InlineData("""{"name":"a","properties":{"a":"\u0000"}}""", "properties")]
    [InlineData("""{"name":"a","properties":{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1}}""", "properties")]
    public void BadEventIsNamedByIndexAndTheOnesBesideItAreRead(string bad, string field)
    {
        var parsed = Parse($$"""[{"name":"before"},{{bad}},{"name":"after"}]""");

        var error = Assert.Single(parsed.Errors!);
        Assert.Equal((1, field), (error.Index, error.Field));
        Assert.Equal(["before", "after"], Names(parsed));
    }

    [Fact]
    public void InvalidUtf8IsAnErrorOfItsEvent()
    {
        byte[] body = [.. "[{\"name\":\"a"u8, 0xff, .. "\"},{\"name\":\"b\"}]"u8];

        var parsed = new EventParser(new()).Parse(body, Now);

        Assert.Equal("name", Assert.Single(parsed.Errors!).Field);
        Assert.Equal(["b"], Names(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("[")]
    [InlineData("""{"name":"a"}{"name":"b"}""")]
    [InlineData("""[{"name":"a","value":NaN}]""")]
    [InlineData("""[{"name":"a","value":-Infinity}]""")]
    [InlineData("""[{"name":"a"},]""")]
    public void WhatIsNoJsonOfThatShapeIsRefusedAsAWhole(string body) => Assert.ThrowsAny<JsonException>(() => Parse(body));

    [Fact]
    public void DepthIsBounded() => Assert.ThrowsAny<JsonException>(() => Parse($$"""[{"name":{{new string('[', 1000)}}{{new string(']', 1000)}}}]"""));

    [Fact]
    public void BatchIsBounded()
    {
        Assert.Equal(1000, Parse(Batch(1000)).Count);
        Assert.ThrowsAny<JsonException>(() => Parse(Batch(1001)));
    }

    [Fact]
    public void RubbishNeverBreaksTheReader()
    {
        var random = new Random(5);
        var good = """[{"name":"a","id":"1","subject":"\u00e9","value":1e3,"occurredAt":"2030-01-31T12:00:00Z","properties":{"a":"b"}},{"name":"b"}]"""u8.ToArray();
        var parser = new EventParser(new());
        for (var round = 0; round < 20_000; round++)
        {
            var body = (byte[])good.Clone();
            for (var change = random.Next(1, 4); change > 0; change--) body[random.Next(body.Length)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(parser.Parse(body.AsSpan(0, random.Next(body.Length + 1)), Now).Count, 0, 2);
            }
            catch (JsonException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("1e200000")]
    [InlineData("-1e309")]
    [InlineData("1e-200000")]
    [InlineData("0e200000")]
    public void PropertyBeyondTheRangeOfADoubleIsRefused(string number)
    {
        var body = $$$"""[{"name":"x","properties":{"n":{{{number}}} }},{"name":"y","properties":{"n":1e308,"m":0.0,"t":"\uFFFD"}}]""";

        var parsed = new EventParser(new()).Parse(Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch.AddYears(50));

        Assert.Equal(1, parsed.Count);
        Assert.Equal("properties", Assert.Single(parsed.Errors!).Field);
    }

    private static ParsedEvents Parse(string body, EventOptions? options = null) => new EventParser(options ?? new()).Parse(Encoding.UTF8.GetBytes(body), Now);

    private static string Batch(int count) => $"[{string.Join(',', Enumerable.Repeat("""{"name":"a"}""", count))}]";

    private static List<string> Names(ParsedEvents parsed)
    {
        var names = new List<string>();
        ReadOnlySpan<byte> packed = parsed.Packed;
        while (EventBlock.TryRead(ref packed, out var e)) names.Add(Encoding.UTF8.GetString(e.Name));
        return names;
    }
}
