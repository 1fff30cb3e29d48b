using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Http;

/// <summary>What docs/openapi.json says of values is what the service takes: up to the bound, and nothing beyond it.</summary>
public sealed class DescribedConstraintTests(Service service) : IClassFixture<Service>
{
    private static readonly JsonNode Description = JsonNode.Parse(File.ReadAllText(Path.Combine(OpenApiTests.Root(), "docs", "openapi.json")))!;

    private static readonly Dictionary<string, (string Path, JsonObject Sample)> Bodies = new()
    {
        ["NewItem"] = ("/api/items", new() { ["name"] = "Lamp", ["quantity"] = 1, ["description"] = "Green" }),
        ["NewApiKey"] = ("/api/keys", new() { ["name"] = "key", ["role"] = "reader", ["days"] = 1 }),
        ["NewWebhook"] = ("/api/webhooks", new() { ["url"] = "https://example.org/", ["events"] = new JsonArray("item.created") }),
        ["NewEvent"] = ("/api/events", new() { ["name"] = "x", ["id"] = "1", ["subject"] = "s", ["value"] = 1 }),
    };

    private readonly HttpClient _admin = service.ApiAs(Role.Admin);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Properties =>
        [.. Bodies.Keys.SelectMany(name => Description["components"]!["schemas"]![name]!["properties"]!.AsObject().Select(property => (name, property.Key)))];

    [Theory]
    [MemberData(nameof(Properties))]
    public async Task BodyIsTakenUpToTheBoundAndRefusedBeyondIt(string schema, string property)
    {
        var rules = Description["components"]!["schemas"]![schema]!["properties"]![property]!;
        foreach (var (value, good) in Values(rules, property == "url" ? "https://example.org/" : ""))
        {
            var (path, sample) = Bodies[schema];
            var body = (JsonObject)sample.DeepClone();
            body[property] = value;
            using var answer = await _admin.PostAsJsonAsync(path, body, Stop);
            Assert.True(good == answer.IsSuccessStatusCode, $"{property} = {Shown(value)}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
            if (answer.StatusCode == HttpStatusCode.Created && schema == "NewWebhook") (await _admin.DeleteAsync(answer.Headers.Location, Stop)).Dispose();
        }
    }

    [Fact]
    public async Task ParametersAreTakenUpToTheBoundAndRefusedBeyondIt()
    {
        foreach (var path in (string[])["/api/items", "/api/imports"])
        {
            foreach (var parameter in Description["paths"]![path]!["get"]!["parameters"]!.AsArray())
            {
                foreach (var (value, good) in Values(parameter!["schema"]!, ""))
                {
                    var query = $"{path}?{parameter["name"]}={Uri.EscapeDataString(value.GetValueKind() == JsonValueKind.String ? (string)value! : value.ToJsonString())}";
                    using var answer = await _admin.GetAsync(query, Stop);
                    Assert.True(good == answer.IsSuccessStatusCode, $"{query}: {(int)answer.StatusCode}");
                }
            }
        }
    }

    // Values at each bound, which are good, and just beyond it, which are not.
    private static IEnumerable<(JsonNode Value, bool Good)> Values(JsonNode rules, string prefix)
    {
        if ((int?)rules["maxLength"] is { } longest)
        {
            yield return (prefix + new string('x', longest - prefix.Length), true);
            yield return (prefix + new string('x', longest - prefix.Length + 1), false);
        }

        if ((int?)rules["minLength"] is > 0) yield return ("", false);
        if ((double?)rules["maximum"] is { } most && (double?)rules["minimum"] is { } least)
        {
            foreach (var (value, good) in ((double, bool)[])[(most, true), (least, true), (most + 1, false), (least - 1, false)]) yield return (JsonNode.Parse($"{value:F0}")!, good);
        }

        if (rules["enum"] is JsonArray allowed)
        {
            foreach (var value in allowed) yield return (value!.DeepClone(), true);
            yield return ("nonsense", false);
        }

        if (rules["items"]?["enum"] is JsonArray each)
        {
            yield return (each.DeepClone(), true);
            yield return (new JsonArray(), false);
            yield return (new JsonArray("nonsense"), false);
            yield return (new JsonArray([.. Enumerable.Repeat("item.created", (int)rules["maxItems"]! + 1).Select(name => (JsonNode)name)]), false);
        }

        if (rules["pattern"] is not null)
        {
            yield return ("two\nlines", false);
            yield return ("   ", false);
        }
    }

    private static string Shown(JsonNode value) => value.ToJsonString() is { Length: > 60 } text ? text[..60] + "…" : value.ToJsonString();
}
