using LittleService.Data.Imports;
using LittleService.Data.Items;

namespace LittleService.UnitTests.Imports;

public sealed class ImportColumnsTests
{
    [Theory]
    [InlineData("name,quantity")]
    [InlineData("quantity,description,name")]
    [InlineData(" Name , QUANTITY ")]
    public void ColumnsMayComeInAnyOrder(string header)
    {
        Assert.NotNull(ImportColumns.Read(Record(header.Split(',')), out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("name;quantity")]
    [InlineData("name,quantity,price")]
    [InlineData("name,quantity,name")]
    [InlineData("Lamp,3")]
    public void OtherFirstLineIsRefused(string header)
    {
        Assert.Null(ImportColumns.Read(Record(header.Split(',')), out var problem));
        Assert.StartsWith("The first line must name the columns", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyFileIsRefused()
    {
        Assert.Null(ImportColumns.Read(null, out var problem));
        Assert.Equal("The file is empty.", problem);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"x\")", "1", "+1")]
    [InlineData("a", "2147483647", "")]
    [InlineData("a", "007", "x")]
    public void RowIsTakenAsItIs(string name, string quantity, string description) =>
        Assert.Equal(new ItemFields(name, int.Parse(quantity, null), description), Columns.Parse(Record(name, quantity, description), out _));

    [Theory]
    [InlineData("", "1", "", "the name is missing")]
    [InlineData(" \t", "1", "", "the name is missing")]
    [InlineData("a", "", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "-1", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1.5", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "2147483648", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1e3", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a\0", "1", "", "the row holds the character NUL")]
    [InlineData("a", "1", "\0", "the row holds the character NUL")]
    public void MistakeIsNamed(string name, string quantity, string description, string expected)
    {
        Assert.Null(Columns.Parse(Record(name, quantity, description), out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void LengthsAreThoseOfAnItem()
    {
        Assert.NotNull(Columns.Parse(Record(new string('n', 200), "1", new string('d', 2000)), out _));
        Assert.Null(Columns.Parse(Record(new string('n', 201), "1", ""), out _));
        Assert.Null(Columns.Parse(Record("n", "1", new string('d', 2001)), out _));
        Assert.Null(Columns.Parse(Record("n", "1"), out var problem));
        Assert.Equal("the row has 2 columns and the first line 3", problem);
    }

    private static ImportColumns Columns => ImportColumns.Read(Record("name", "quantity", "description"), out _)!;

    private static CsvRecord Record(params string[] fields) => new(1, 2, 10, fields, null);
}
