using System.Text.RegularExpressions;

namespace LittleService.FunctionalTests.Imports;

internal static partial class Forms
{
    /// <summary>Sends a form of a page back with the token that the page holds. What is named File is sent as a file.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient browser, string path, string page, Dictionary<string, HttpContent> fields)
    {
        using var form = new MultipartFormDataContent { { new StringContent(TokenPattern().Match(page).Groups[1].Value), "__RequestVerificationToken" } };
        foreach (var (name, value) in fields)
        {
            if (name == "File") form.Add(value, name, "items.csv");
            else form.Add(value, name);
        }

        return await browser.PostAsync(path, form, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex TokenPattern();
}
