using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>The part of a project's launchSettings.json that is used here.</summary>
internal static class LaunchSettings
{
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The first profile that starts the project; nothing where it has none.</summary>
    public static (string? Name, Profile? Profile) FindFirst(string projectPath)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        var profiles = File.Exists(file) ? Read(file).Profiles ?? [] : [];
        var first = profiles.FirstOrDefault(p => p.Value.CommandName == "Project");
        return (first.Key, first.Value);
    }

    private static Settings Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Settings>(File.ReadAllText(file), Lenient) ?? new Settings(null);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{file} is no valid JSON: {e.Message}", e);
        }
    }

    private sealed record Settings(Dictionary<string, Profile>? Profiles);

    internal sealed record Profile(string? CommandName, string? ApplicationUrl, Dictionary<string, string>? EnvironmentVariables)
    {
        public IEnumerable<Uri> Urls => (ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => new Uri(url));
    }
}
