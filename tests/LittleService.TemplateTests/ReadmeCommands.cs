using System.Text.RegularExpressions;

namespace LittleService.TemplateTests;

/// <summary>Every command that the README shows in a block, by what runs it.</summary>
static partial class ReadmeCommands
{
    public const string Install = "dotnet new install .";
    public const string New = "dotnet new littleservice -n Acme.Shop -o ../Acme.Shop";
    public const string Server = "script/server";
    public const string ListItems = "curl http://localhost:5380/api/items";
    public const string ConsoleDb = "script/console db";
    public const string ConsoleRedis = "script/console redis";
    public const string ConsoleJobs = "script/console jobs";
    public const string ConsoleApi = "script/console api /api/session";
    public const string Manifest =
        "dotnet run --project LittleService.AppHost -- --operation publish --step publish-manifest --output-path aspire-manifest.json";

    public const string RestoreTools = "dotnet tool restore";
    public const string Describe = "dotnet aspire describe";
    public const string Logs = "dotnet aspire logs worker";
    public const string Traces = "dotnet aspire otel traces";
    public const string Restart = "dotnet aspire resource worker restart";
    public const string Stop = "dotnet aspire stop";

    /// <summary>Whether this is the template, rather than a solution that was made from it.</summary>
    public static bool IsTemplate { get; } = Repository.Files.Contains(".template.config/template.json");

    /// <summary>Run by FreshCloneTests.</summary>
    public static IReadOnlyList<string> RunHere { get; } =
        [.. IsTemplate ? [Install, New] : Array.Empty<string>(), Server, ListItems, ConsoleDb, ConsoleRedis, ConsoleJobs, ConsoleApi, Manifest, RestoreTools, Describe, Logs, Traces, Restart, Stop];

    /// <summary>Cannot be run by a test that it runs itself: the build server's script does.</summary>
    public const string Test = "script/test";

    public static IReadOnlyList<string> InReadme { get; } =
    [
        .. BlockPattern().Matches(Repository.Read("README.md")).SelectMany(block => block.Groups[1].Value.Split('\n'))
            .Select(line => CommentPattern().Replace(line, "").Trim()).Where(line => line.Length > 0),
    ];

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"\s#\s.*$|^#\s.*$")]
    private static partial Regex CommentPattern();
}
