using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using LittleService.Api.Items;
using LittleService.Data.Imports;
using LittleService.Data.Items;

namespace LittleService.UnitTests.Imports;

public sealed class ImportColumnsTests
{
    // Those of the API, which stand at the parameters of the record.
    private static readonly (PropertyInfo Of, ValidationAttribute Rule)[] Rules =
    [
        .. from parameter in typeof(NewItem).GetConstructors().Single().GetParameters()
           from rule in parameter.GetCustomAttributes<ValidationAttribute>()
           select (typeof(NewItem).GetProperty(parameter.Name!)!, rule),
    ];

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
    [InlineData("name,quantity,price", "there is a column 'price', which no item has.")]
    [InlineData("name,quantity,name", "the column name is there twice.")]
    [InlineData("Lamp,3", "there is no column name.")]
    [InlineData(",name,quantity", "column 1 has no name.")]
    [InlineData("name,,quantity,,", "column 2 has no name.")]
    [InlineData(",,", "there is no column name.")]
    public void OtherFirstLineIsRefused(string header, string reason = "")
    {
        Assert.Null(ImportColumns.Read(Record(header.Split(',')), out var problem));
        Assert.StartsWith("The first line must name the columns", problem, StringComparison.Ordinal);
        Assert.EndsWith(reason, problem, StringComparison.Ordinal);
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
    [InlineData("a", " 3 ", "")]
    [InlineData("a", "\u00a03", "")]
    public void RowIsTakenAsItIs(string name, string quantity, string description) =>
        Assert.Equal(new ItemFields(name, int.Parse(quantity.Trim(), null), description), Columns.Parse(Record(name, quantity, description), out _));

    [Theory]
    [InlineData("", "1", "", "the name is missing")]
    [InlineData(" \t", "1", "", "the name is missing")]
    [InlineData("a", "", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "-1", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1.5", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "2147483648", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1e3", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1\0", "", "the row holds the character NUL")]
    [InlineData("a", "+1", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "1,000", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "１", "", "the quantity is not a whole number from 0 to 2147483647")]
    [InlineData("a", "NA", "", "the quantity is not a whole number from 0 to 2147483647")]
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

    [Fact]
    public void RowIsRefusedWhereAndOnlyWhereTheApiRefusesTheItem()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var seen = new int[2];
        for (var n = 0; n < 5000; n++)
        {
            var (name, quantity, description) = (Text(random, 200), Number(random), Text(random, 2000));
            var item = int.TryParse(quantity, out var number) ? new NewItem(name, number, description) : null;
            var good = item is not null && Rules.All(rule => rule.Rule.IsValid(rule.Of.GetValue(item)));

            var row = Columns.Parse(Record(name, quantity, description), out var problem);

            Assert.True(good == (row is not null), $"{JsonSerializer.Serialize(name)} {quantity} {description.Length}: {problem}");
            Assert.Equal(good, problem is null);
            if (good) Assert.Equal(new ItemFields(name, number, description), row);
            seen[good ? 1 : 0]++;
        }

        Assert.All(seen, count => Assert.InRange(count, 500, 4500));
    }

    // Mostly short; at times about as long as it may be.
    private static string Text(Random random, int longest)
    {
        var text = string.Concat(random.GetItems((string[])["a", "B", " ", "\t", "é", "漢", "🦊", "=", "\"", "\u00a0", "\u200b", "\r", random.Next(10) == 0 ? "\0" : "x"], random.Next(4)));
        return random.Next(5) == 0 ? text.PadRight(longest + random.Next(-1, 2), 'x') : text;
    }

    private static string Number(Random random) => random.Next(4) switch
    {
        0 => $"{random.NextInt64(-3, 4)}",
        1 => $"{int.MaxValue + random.NextInt64(-2, 3)}",
        2 => random.GetItems((string[])["", "x", "1.5", "1e3", "0x1", "１", "1_000"], 1)[0],
        _ => $"{random.Next()}",
    };

    private static ImportColumns Columns => ImportColumns.Read(Record("name", "quantity", "description"), out _)!;

    private static CsvRecord Record(params string[] fields) => new(1, 2, 10, fields, null);
}
