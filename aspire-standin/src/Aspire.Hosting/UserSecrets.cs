using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting;

/// <summary>The file outside of the repository where generated secrets outlive a run.</summary>
internal sealed class UserSecrets(string? path)
{
    private static readonly Lock Gate = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static UserSecrets Of(Assembly? appHost) =>
        new(appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId is { } id ? PathHelper.GetSecretsPathFromSecretsId(id) : null);

    /// <summary>The value under the key; made and kept where there is none. Without a file it is made anew each run.</summary>
    public string GetOrSet(string key, Func<string> make)
    {
        if (path is null) return make();
        lock (Gate)
        {
            var secrets = Read(path);
            if (secrets[key]?.GetValue<string>() is { } kept) return kept;
            var made = make();
            secrets[key] = made;
            Write(path, secrets);
            return made;
        }
    }

    private static JsonObject Read(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: options) as JsonObject ?? [];
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"The user secrets in {path} are no valid JSON: {e.Message}", e);
        }
    }

    private static void Write(string path, JsonObject secrets)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // A reader, or a power cut, must never meet half a file.
        var draft = Path.Combine(folder, $".{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new StreamWriter(draft, options)) stream.Write(secrets.ToJsonString(Indented));
        File.Move(draft, path, overwrite: true);
    }
}
