using LittleService.FunctionalTests.Http;

namespace LittleService.FunctionalTests.Deployment;

/// <summary>The commands of docs/deployment.md, so that what it says is what was tried.</summary>
internal static class DeploymentPage
{
    /// <summary>The SQL on the page, for another role than the one it names.</summary>
    public static async Task<string> SqlAsync(string named, string role) =>
        Fence(await ReadAsync(), "sql").Replace($" {named};", $" {role};", StringComparison.Ordinal);

    /// <summary>The text between the lines that begin and end the block of this language.</summary>
    public static string Fence(string page, string language)
    {
        var begins = page.IndexOf($"```{language}\n", StringComparison.Ordinal);
        Assert.True(begins >= 0, $"docs/deployment.md has no block of {language}.");
        begins += language.Length + 4;
        return page[begins..page.IndexOf("\n```", begins, StringComparison.Ordinal)];
    }

    public static Task<string> ReadAsync() => File.ReadAllTextAsync(Path.Combine(OpenApiTests.Root(), "docs", "deployment.md"), TestContext.Current.CancellationToken);
}
