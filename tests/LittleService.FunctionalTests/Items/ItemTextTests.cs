using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Imports;

namespace LittleService.FunctionalTests.Items;

/// <summary>What people type or paste comes back as it was, whichever way it went in and out.</summary>
public sealed partial class ItemTextTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Invisible =>
    [
        "\u200b", "\u2800", "\u00ad", "\u3164", "\u115f", "\uffa0", "\u2060", "\ufeff", "\u180e", "\u00a0\u200b", "\u202e", "\ufe0f", "\u0301", "\U000e0041", " \u200b\u2800 ",
        "two\nlines", "tab\tbed", "escape\u001b", "next\u0085line", "line\u2028line",
    ];

    public static TheoryData<string> Texts =>
    [
        "plain", " blanks around ", "a\nb", "a\r\nb", "a\rb", "\nleading", "\r\nleading", "\n\n", "trailing\n", "<b>&amp;\"'</b>", "</textarea><script>", "{{7*7}} @(1+1)", "=1+1",
        "e\u0301 \u00e9", "\ufffd", "👩‍👩‍👧‍👦 ❤️", "\u202eright to left", "שלום", "a\u200bb", "\ttab",
    ];

    [Theory]
    [MemberData(nameof(Invisible))]
    public async Task NameThatShowsNothingOrHasMoreThanOneLineIsRefusedWhereverItIsGiven(string name)
    {
        using var item = await service.Writer.PostAsJsonAsync("/api/items", new { name, quantity = 1 }, Stop);
        using var key = await service.Writer.PostAsJsonAsync("/api/keys", new { name }, Stop);
        using var form = await (await BrowserAsync()).PostAsync("/items/new", "add-item", ("Form.Name", name), ("Form.Quantity", "1"));
        _ = service.Worker;
        var import = await service.Writer.EndAsync((await service.Writer.ImportAsync($"name,quantity\n\"{name}\",1\n")).Id);

        var problem = await ProblemAssert.IsAsync(item, HttpStatusCode.BadRequest);
        Assert.Contains("visible characters", problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
        await ProblemAssert.IsAsync(key, HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        Assert.Equal((0, 1), (import.RowsAdded, import.RowsRefused));
    }

    [Theory]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("a\u200b")]
    [InlineData("é")]
    [InlineData("e\u0301")]
    [InlineData("-")]
    public async Task NameThatShowsSomethingIsTakenAsItIs(string name) => Assert.Equal(name, (await service.Writer.AddAsync(name)).Name);

    [Fact]
    public async Task LengthIsCountedInCharacters()
    {
        var longest = string.Concat(Enumerable.Repeat("🦊", 200));

        Assert.Equal(longest, (await service.Writer.AddAsync(longest)).Name);
        using var beyond = await service.Writer.PostAsJsonAsync("/api/items", new { name = longest + "x", quantity = 1 }, Stop);
        await ProblemAssert.IsAsync(beyond, HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task FormThatIsSavedUnchangedChangesNoText(string text)
    {
        var browser = await BrowserAsync();
        var name = text.ReplaceLineEndings(" ").Replace('\t', ' ').Trim() is { Length: > 0 } line ? line : "name";
        var item = await service.Writer.AddAsync(name, description: text);

        var page = await browser.PageAsync($"/items/{item.Id}");
        using var saved = await browser.PostAsync(
            $"/items/{item.Id}", "change-item", ("Form.Name", Name(page)), ("Form.Quantity", "1"), ("Form.Description", Submitted(Description(page))), ("Form.Version", "1"));

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var after = (await service.Writer.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!;
        Assert.Equal((name, text), (after.Name, after.Description));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task FormGivesBackWhatWasTypedAfterAMistake(string text)
    {
        var browser = await BrowserAsync();

        var page = await browser.PostedAsync("/items/new", "add-item", ("Form.Name", ""), ("Form.Quantity", "-1"), ("Form.Description", Submitted(text)));

        Assert.Equal(text.ReplaceLineEndings("\n"), Description(page).ReplaceLineEndings("\n"));
    }

    private async Task<Browser> BrowserAsync() => (await service.SignInAsync(Role.Admin)).Browser;

    private static string Name(string page) => WebUtility.HtmlDecode(NameField().Match(page).Groups[1].Value);

    // As HTML is read: the first line break is none of the text.
    private static string Description(string page)
    {
        var text = DescriptionField().Match(page).Groups[1].Value;
        var plain = WebUtility.HtmlDecode(text);
        return plain.StartsWith("\r\n", StringComparison.Ordinal) ? plain[2..] : plain is ['\n' or '\r', ..] ? plain[1..] : plain;
    }

    // As browsers send it.
    private static string Submitted(string text) => text.ReplaceLineEndings("\r\n");

    [GeneratedRegex("<input id=\"name\"[^>]*? value=\"([^\"]*)\"")]
    private static partial Regex NameField();

    [GeneratedRegex("<textarea[^>]*>([^<]*)</textarea>")]
    private static partial Regex DescriptionField();
}
