using System.Text;
using LittleService.Data.Imports;

namespace LittleService.UnitTests.Imports;

public sealed class CsvDialectTests
{
    [Theory]
    [InlineData("name,quantity\nLamp,3", ',', 0, 1)]
    [InlineData("name;quantity\r\nLamp;3", ';', 0, 1)]
    [InlineData("name\tquantity", '\t', 0, 1)]
    [InlineData("\"name\";\"quantity\"\n", ';', 0, 1)]
    [InlineData(" name , quantity \n", ',', 0, 1)]
    [InlineData("name,quantity;rest", ',', 0, 1)]
    [InlineData("something else", ',', 0, 1)]
    [InlineData("", ',', 0, 1)]
    [InlineData("\uFEFFname;quantity", ';', 3, 1)]
    [InlineData("\uFEFF\uFEFFname;quantity", ';', 6, 1)]
    [InlineData("sep=,\r\nname,quantity", ',', 7, 2)]
    [InlineData("sep=;\nname;quantity", ';', 6, 2)]
    [InlineData("sep=\t\rname\tquantity", '\t', 6, 2)]
    [InlineData("\uFEFFsep=;\r\nname;quantity", ';', 10, 2)]
    [InlineData("sep=;", ';', 5, 2)]
    [InlineData("sep=|\nname|quantity", ',', 0, 1)]
    public void FirstBytesTell(string file, char delimiter, int start, int line)
    {
        Assert.Equal(new CsvDialect(delimiter, start, line), CsvDialect.Read(Encoding.UTF8.GetBytes(file), out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void FileThatIsNoTextInUtf8IsNamed()
    {
        foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            AssertRefused([.. encoding.GetPreamble(), .. encoding.GetBytes("name\tquantity")], "UTF-16");
            AssertRefused(encoding.GetBytes("name\tquantity"), "UTF-16");
        }

        AssertRefused("PK\u0003\u0004rest of it"u8, "workbook");
    }

    private static void AssertRefused(ReadOnlySpan<byte> file, string name)
    {
        Assert.Null(CsvDialect.Read(file, out var problem));
        Assert.Contains(name, problem, StringComparison.Ordinal);
        Assert.Contains("CSV UTF-8", problem, StringComparison.Ordinal);
    }
}
