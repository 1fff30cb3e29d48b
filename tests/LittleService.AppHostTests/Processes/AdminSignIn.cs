using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LittleService.AppHostTests.Processes;

/// <summary>Signs the first admin in as a browser does, with the password that the app host was given.</summary>
internal static partial class AdminSignIn
{
    public const string Password = "Marmot-Quilt-Tundra-88";

    public static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string> { ["Parameters__admin-password"] = Password };

    public static async Task SignInAsAdminAsync(this HttpClient api, CancellationToken cancellationToken)
    {
        var token = Token().Match(await api.GetStringAsync("/sign-in", cancellationToken)).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("_handler", "sign-in"), new("Form.Name", "admin"), new("Form.Password", Password)]);
        using var answer = await api.PostAsync("/sign-in", form, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var session = await api.GetFromJsonAsync<JsonElement>("/api/session", cancellationToken);
        Assert.Equal("admin", session.GetProperty("role").GetString());
        api.DefaultRequestHeaders.Add("X-CSRF-Token", session.GetProperty("csrf").GetString());
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
