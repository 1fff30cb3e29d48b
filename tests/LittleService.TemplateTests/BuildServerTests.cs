using System.Text.Json;
using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>What stands beside the code for build servers and editors says what is so.</summary>
public sealed partial class BuildServerTests
{
    private const string Workflow = ".github/workflows/build.yml";

    [Fact]
    public void ActionsArePinnedToCommits()
    {
        var used = Repository.Read(Workflow).Split('\n').Where(static line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(used);
        Assert.All(used, line => Assert.Matches(@"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line));
    }

    [Fact]
    public void JobsMayNoMoreThanTheyNeed()
    {
        var workflow = Repository.Read(Workflow);

        Assert.Contains("\npermissions:\n  contents: read\n", workflow, StringComparison.Ordinal);
        Assert.Equal(["packages: write"], WritePattern().Matches(workflow).Select(match => match.Value.Trim()));
    }

    [Theory]
    [InlineData(Workflow)]
    [InlineData(".ci/Jenkinsfile")]
    [InlineData(".devcontainer/devcontainer.json")]
    public void ScriptsThatAreCalledAreThere(string file)
    {
        var scripts = ScriptPattern().Matches(Repository.Read(file)).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.Contains(script, Repository.Files));
    }

    [Fact]
    public void PortsOfTheDevcontainerAreThoseOfTheGraph()
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        using var container = JsonDocument.Parse(Repository.Read(".devcontainer/devcontainer.json"), options);

        var ports = container.RootElement.GetProperty("forwardPorts").EnumerateArray().Select(port => port.GetInt32()).ToList();

        Assert.Equal(2, ports.Count);
        Assert.Contains($"http://localhost:{ports[0]}", Repository.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains($"http://localhost:{ports[1]}", Repository.Read("LittleService.AppHost/Properties/launchSettings.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void RequestsForTheEditorAreThoseOfTheApi()
    {
        using var api = JsonDocument.Parse(Repository.Read("docs/openapi.json"));
        var paths = api.RootElement.GetProperty("paths");

        var requests = RequestPattern().Matches(Repository.Read("LittleService.Api/LittleService.Api.http")).Where(match => match.Groups[2].Value != "/health").ToList();

        Assert.NotEmpty(requests);
        Assert.All(requests, request =>
        {
            var operation = paths.GetProperty(request.Groups[2].Value).GetProperty(request.Groups[1].Value.ToLowerInvariant());
            var known = operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(one => one.GetProperty("name").GetString()).ToList() : [];
            Assert.All(request.Groups[3].Value.Split('&', StringSplitOptions.RemoveEmptyEntries), query => Assert.Contains(query.Split('=')[0], known));
        });
    }

    [GeneratedRegex(@"^ +[\w-]+: write$", RegexOptions.Multiline)]
    private static partial Regex WritePattern();

    [GeneratedRegex(@"script/[a-z-]+")]
    private static partial Regex ScriptPattern();

    [GeneratedRegex(@"^(GET|POST|PUT|DELETE) \{\{host\}\}([^?\s]+)\??(\S*)", RegexOptions.Multiline)]
    private static partial Regex RequestPattern();
}
