using System.Text;
using LittleService.Data.Imports;

namespace LittleService.UnitTests.Imports;

public sealed class CsvReaderTests
{
    private static readonly string[] Characters = ["a", "b", " ", ",", "\"", "\"\"", "\n", "\r", "\r\n", "é", "漢", "🦊", "\0", "\t", "\uFEFF", "=", "'"];

    [Fact]
    public async Task WhatIsWrittenIsReadBackWhereverThePiecesEnd()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var rows = Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomRow(random)).ToList();
            var bytes = Encoding.UTF8.GetBytes(Write(rows, random));
            var written = Lines(rows);

            Assert.Equal(written, (await ReadAsync(bytes, static _ => 1)).Select(Text));
            for (var cut = 1; cut <= bytes.Length; cut++)
                Assert.Equal(written, (await ReadAsync(bytes, at => at == 0 ? cut : bytes.Length)).Select(Text));
        }
    }

    [Fact]
    public async Task ReadingGoesOnFromTheEndOfAnyRecord()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bytes = Encoding.UTF8.GetBytes(Write([.. Enumerable.Range(0, 6).Select(_ => RandomRow(random))], random));
            var all = await ReadAsync(bytes, Some(random));
            for (var from = 0; from < all.Count; from++)
            {
                var rest = await ReadAsync(bytes[(int)all[from].End..], Some(random), all[from].End, all[from].NextLine);

                Assert.Equal(all.Skip(from + 1).Select(Text), rest.Select(Text));
            }
        }
    }

    [Fact]
    public async Task NoBytesMakeItFailOrReadPastTheEndOrGoByWhereThePiecesEnd()
    {
        byte[] alphabet = [(byte)'a', (byte)',', (byte)'"', (byte)'\n', (byte)'\r', 0, 0xff, 0xc3, 0xa9, 0xef, 0xbb, 0xbf];
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var bytes = random.GetItems(alphabet, random.Next(1, 40));

            var read = await ReadAsync(bytes);

            Assert.Equal(read.Select(Text), (await ReadAsync(bytes, static _ => 1)).Select(Text));
            Assert.All(read, record => Assert.InRange(record.End, 1, bytes.Length));
            Assert.Equal(read.OrderBy(record => record.End), read);
        }
    }

    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b 2:c|d")]
    [InlineData("a,b\nc,d", "1:a|b 2:c|d")]
    [InlineData("a\rb\r", "1:a 2:b")]
    [InlineData("\n\n a \n\n", "3: a ")]
    [InlineData("\uFEFFa\nb", "1:a 2:b")]
    [InlineData("\uFEFF\"a\"\n", "1:a")]
    [InlineData("\"a\nb\"\nc", "1:a\nb 3:c")]
    [InlineData("\"\"\na", "1: 2:a")]
    [InlineData("a,\n", "1:a|")]
    [InlineData("", "")]
    [InlineData("\r\n", "")]
    [InlineData("a\"b\nc", "1!a quote stands inside of a field that is not quoted 2:c")]
    [InlineData("\"a\"b\nc", "1!text follows a closing quote 2:c")]
    [InlineData("a\n\"b\nc\n", "1:a 2!a quote opens here and is not closed as it should be 3:c")]
    [InlineData("a\r\n\"b\r\nc\r\nd\r\n", "1:a 2!a quote opens here and is not closed as it should be 3:c 4:d")]
    [InlineData("a\r\"b\rc\rd", "1:a 2!a quote opens here and is not closed as it should be 3:c 4:d")]
    [InlineData("\"b\nc\n\"d\",e\nf", "1!a quote opens here and is not closed as it should be 2:c 3:d|e 4:f")]
    [InlineData("\"a\n\"b\n\"c\nd", "1!a quote opens here and is not closed as it should be 2!a quote opens here and is not closed as it should be 3!a quote opens here and is not closed as it should be 4:d")]
    [InlineData("\"a", "1!a quote that opens here is never closed")]
    [InlineData("\"a\r\nb\"\r\nc", "1:a\r\nb 3:c")]
    [InlineData("a\0b", "1:a\0b")]
    public async Task EachIsReadLikeThis(string csv, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await ReadAsync(Encoding.UTF8.GetBytes(csv))).Select(Text)));

    [Fact]
    public async Task InvalidUtf8CostsItsRecordOnly()
    {
        var read = await ReadAsync([.. "a\n"u8, 0xff, .. "\nb\n"u8, 0xed, 0xa0, 0x80, .. "\nc"u8]);

        Assert.Equal(["1:a", "2!the row is not valid UTF-8; save the file as CSV UTF-8", "3:b", "4!the row is not valid UTF-8; save the file as CSV UTF-8", "5:c"], read.Select(Text));
    }

    [Fact]
    public async Task TooLongRecordCostsItselfOnly()
    {
        var longest = new string('x', CsvReader.LongestRecord);

        var read = await ReadAsync(Encoding.UTF8.GetBytes($"{longest}\n{longest}x\n\"{longest}\n{longest}\"\n{new string(',', 200_000)}\nend"), Some(new Random(1), 60_000));

        Assert.Equal([longest], read[0].Fields);
        Assert.Equal(
            [
                "2!the row is longer than 64 KB", "3!the row is longer than 64 KB", "4!a quote stands inside of a field that is not quoted",
                "5!the row has more than 100 columns", "6:end",
            ],
            read.Skip(1).Select(Text));
    }

    [Fact]
    public async Task QuoteThatIsNeverClosedCostsItsLineOnlyHoweverLongTheFileIs()
    {
        var rows = string.Concat(Enumerable.Range(0, 50_000).Select(static i => $"Lamp {i},{i}\n"));

        var read = await ReadAsync(Encoding.UTF8.GetBytes($"a,b\n\"Lamp,3\n{rows}"), Some(new Random(1), 60_000));

        Assert.Equal("2!a quote opens here and is not closed as it should be", Assert.Single(read, record => record.Error is not null) is var one ? Text(one) : "");
        Assert.Equal((50_002, "50002:Lamp 49999|49999"), (read.Count, Text(read[^1])));
    }

    [Theory]
    [InlineData("\"\n")]
    [InlineData("\"a\n")]
    [InlineData("\"\"\"\n")]
    [InlineData("\"\"\n")]
    [InlineData("\"a\",\"b\n")]
    [InlineData("a\"\"b,\"\"\"\"\n")]
    [InlineData("\"")]
    public async Task NoFileOfQuotesIsReadMoreThanAFewTimes(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 3_000_000 / line.Length)));

        // Were it read again from each of its lines, this would take hours.
        var read = await ReadAsync(bytes, static _ => 60_000);

        Assert.Equal(bytes.Length, read[^1].End);
    }

    [Fact]
    public async Task LongRecordTakesNoMemoryOfItsOwn()
    {
        await using var pieces = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[60_000], 500).ToAsyncEnumerable().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var reader = new CsvReader(pieces);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var record = await reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal((30_000_000, "the row is longer than 64 KB"), (record!.Value.End, record.Value.Error));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private static string[] RandomRow(Random random)
    {
        // A row of one empty field without quotes is a blank line.
        var row = Enumerable.Range(1, random.Next(1, 5)).Select(_ => string.Concat(random.GetItems(Characters, random.Next(5)))).ToArray();
        return row is [""] ? ["x"] : row;
    }

    // Each row as Text gives it, with the line on which it begins.
    private static IEnumerable<string> Lines(List<string[]> rows)
    {
        var line = 1;
        foreach (var fields in rows.Select(row => string.Join('|', row)))
        {
            yield return $"{line}:{fields}";
            line += 1 + fields.ReplaceLineEndings("\n").Count('\n');
        }
    }

    private static string Write(List<string[]> rows, Random random)
    {
        var newline = random.GetItems(["\n", "\r\n", "\r"], 1)[0];
        var text = string.Join(newline, rows.Select(row => string.Join(',', row.Select(field => Quote(field, random)))));
        return (random.Next(2) == 0 ? "\uFEFF" : "") + text + (random.Next(2) == 0 ? newline : "");
    }

    private static string Quote(string field, Random random) =>
        field.AsSpan().ContainsAny(",\"\r\n") || field.StartsWith('\uFEFF') || random.Next(3) == 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static string Text(CsvRecord record) =>
        record.Error is null ? $"{record.Line}:{string.Join('|', record.Fields)}" : $"{record.Line}!{record.Error}";

    // How long the piece is that begins there.
    private static Func<int, int> Some(Random random, int most = 5) => _ => random.Next(1, most + 1);

    private static async Task<List<CsvRecord>> ReadAsync(byte[] bytes, Func<int, int>? length = null, long position = 0, int line = 1)
    {
        await using var pieces = PiecesAsync(bytes, length ?? (_ => bytes.Length)).GetAsyncEnumerator();
        var reader = new CsvReader(pieces, position, line);
        var records = new List<CsvRecord>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } record) records.Add(record);
        return records;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(byte[] bytes, Func<int, int> length)
    {
        await Task.CompletedTask;
        for (var at = 0; at < bytes.Length;)
        {
            var piece = bytes.AsMemory(at, Math.Min(bytes.Length - at, length(at)));
            yield return piece;
            at += piece.Length;
        }
    }
}
