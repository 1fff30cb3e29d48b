using System.Text.Json;
using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>deploy/compose.yaml deploys the graph that the app host publishes: whoever changes one of them changes the other.</summary>
public sealed partial class DeployFilesTests
{
    private static readonly string Compose = Repository.Read("deploy/compose.yaml");
    private static readonly JsonElement Manifest = JsonDocument.Parse(Repository.Read("LittleService.AppHost/aspire-manifest.json")).RootElement.GetProperty("resources");

    [Fact]
    public void EveryContainerAndProjectIsAServiceOfItsNameAndImage()
    {
        var expected = Resources().Select(resource => (resource.Name, resource.Value.TryGetProperty("image", out var image)
            ? image.GetString()! : $"${{{resource.Name.ToUpperInvariant()}_IMAGE"));

        // The proxy and the step before a rollout belong to the deployment alone.
        var services = Services().Where(service => service.Name is not ("proxy" or "migrate"));

        Assert.Equal(expected.Order(), services.Select(service => (service.Name, Image: ImagePattern().Match(service.Text).Groups[1].Value)).Order());
    }

    [Fact]
    public void EveryVariableIsOneOfTheServiceOrASecretOfThatName() =>
        Assert.All(Resources(), resource =>
        {
            var service = Services().Single(service => service.Name == resource.Name).Text;
            var all = service.Contains("environment: *environment", StringComparison.Ordinal) ? service + Block("x-environment") : service;
            if (service.Contains("secrets: *secrets", StringComparison.Ordinal)) all += SecretsPattern().Match(Compose).Value;
            Assert.All(resource.Value.GetProperty("env").EnumerateObject().Where(variable => !IsForOtherLanguages(variable.Name)), variable =>
                Assert.Matches($@"\b{variable.Name}(_FILE)?:|[\[ ]{variable.Name}[,\]]", all));
        });

    [Fact]
    public void ValuesThatAreNoExpressionsAreTheSame() =>
        Assert.All(Resources(), resource =>
        {
            var all = Services().Single(service => service.Name == resource.Name).Text + Block("x-environment");
            Assert.All(resource.Value.GetProperty("env").EnumerateObject().Where(variable => !variable.Value.GetString()!.Contains('{') && !IsForOtherLanguages(variable.Name)), variable =>
                Assert.Matches($"{variable.Name}: \"?{Regex.Escape(variable.Value.GetString()!)}\"?\n", all));
        });

    [Fact]
    public void ProxyAsksThePortThatTheApiListensOn() =>
        Assert.Contains($"\"${{API_HOST}}:{PortPattern().Match(Compose).Groups[1].Value}\"", Repository.Read("deploy/haproxy.cfg"), StringComparison.Ordinal);

    [Fact]
    public void RedisIsStartedWithTheSameOptions()
    {
        var published = Manifest.GetProperty("redis").GetProperty("args")[1].GetString()!;
        var options = published[(published.IndexOf("--save", StringComparison.Ordinal))..];

        Assert.Contains(options, Compose, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonProperty> Resources() =>
        Manifest.EnumerateObject().Where(resource => resource.Value.GetProperty("type").GetString() is "container.v0" or "project.v0");

    private static IEnumerable<(string Name, string Text)> Services() =>
        ServicePattern().Matches(Block("services")).Select(service => (service.Groups[1].Value, service.Value));

    private static string Block(string name) => Regex.Match(Compose, $@"^{name}:.*\n(?:(?:[ #].*)?\n)+", RegexOptions.Multiline).Value;

    // Parts of the connection strings, for programs that are not .NET.
    private static bool IsForOtherLanguages(string name) =>
        name.StartsWith("DB_", StringComparison.Ordinal) || name.StartsWith("REDIS_", StringComparison.Ordinal);

    [GeneratedRegex(@"^  (\w+):\n(?:    .*\n|\n(?=    ))+", RegexOptions.Multiline)]
    private static partial Regex ServicePattern();

    [GeneratedRegex(@"image: (\$\{[A-Z_]+|\S+)")]
    private static partial Regex ImagePattern();

    [GeneratedRegex(@"secrets: &secrets .*")]
    private static partial Regex SecretsPattern();

    [GeneratedRegex("HTTP_PORTS: \"(\\d+)\"")]
    private static partial Regex PortPattern();
}
