using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost.Deployment;

/// <summary>
/// The parameters of a deployment, each from the configuration (<c>Parameters__deploy-target</c> in the environment, or user secrets).
/// They are no resources, so that neither the manifest nor Aspire's file of a deployment's state holds them.
/// </summary>
internal sealed class DeploymentSettings(IConfiguration configuration, string appHost)
{
    private static readonly TimeSpan GitLimit = TimeSpan.FromSeconds(20);

    private string? _tag;

    public string Target => Value("deploy-target", "compose").ToLowerInvariant();

    public string Registry => Value("registry").TrimEnd('/');

    public string Repository => Value("repository", "littleservice");

    /// <summary>The folder deploy/ of the repository.</summary>
    public string Source => Path.GetFullPath(Path.Combine(appHost, "..", "deploy"));

    public bool HasServersOfItsOwn =>
        string.IsNullOrEmpty(configuration.GetConnectionString("db")) && string.IsNullOrEmpty(configuration.GetConnectionString("redis"));

    public string Value(string name, string otherwise = "") =>
        configuration[$"Parameters:{name}"] is { Length: > 0 } value ? value : otherwise;

    /// <summary>The name of the project, stack or namespace that holds it.</summary>
    public string Name => Value("deploy-name", "littleservice");

    public string ConnectionString(string name) => configuration.GetConnectionString(name) ?? "";

    /// <summary>The full name of an image, as it is pushed and pulled.</summary>
    public async Task<string> ImageAsync(string resource, CancellationToken cancellationToken) =>
        $"{(Registry.Length > 0 ? Registry + "/" : "")}{Repository}/{resource}:{await TagAsync(cancellationToken)}";

    /// <summary>
    /// The tag of both images: the parameter image-tag, or the commit; with changes that are not committed, the time too, since an engine
    /// takes an image of the same name for the same.
    /// </summary>
    public async Task<string> TagAsync(CancellationToken cancellationToken)
    {
        if (_tag is not null)
            return _tag;
        if (Value("image-tag") is { Length: > 0 } given)
            return _tag = given;
        var commit = await GitAsync(["rev-parse", "--short=12", "HEAD"], cancellationToken);
        var changes = await GitAsync(["status", "--porcelain"], cancellationToken);
        if (!commit.Succeeded)
            throw new DeploymentException("This is no clone of git, whose commit names the images: set Parameters__image-tag.");
        var time = changes.Output.Length > 0 ? $"-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}" : "";
        return _tag = commit.Output + time;
    }

    private Task<ShellResult> GitAsync(string[] arguments, CancellationToken cancellationToken) =>
        Shell.RunAsync(GitLimit, "git", ["-C", appHost, .. arguments], cancellationToken);
}
