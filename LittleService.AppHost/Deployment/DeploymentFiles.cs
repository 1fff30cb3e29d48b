namespace LittleService.AppHost.Deployment;

/// <summary>The folder that is applied: a copy of deploy/ beside the values that belong to this deployment.</summary>
internal sealed class DeploymentFiles(string folder, string secrets)
{
    public string Folder { get; } = folder;

    public string Secrets => Path.Combine(Folder, secrets);

    /// <summary>What compose.yaml leaves open; none of it is secret.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private set; } = new Dictionary<string, string>();

    public string PathOf(string file) => Path.Combine(Folder, file);

    public async Task WriteAsync(string source, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        Variables = variables;
        var all = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories);
        foreach (var file in all.Where(file => Path.GetExtension(file) is ".yaml" or ".cfg"))
        {
            var copy = PathOf(Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
        await File.WriteAllLinesAsync(PathOf(".env"), variables.Select(variable => $"{variable.Key}={variable.Value}"), cancellationToken);
    }

    /// <summary>The variables of the last deployment, for taking it away.</summary>
    public void Read() => Variables = File.Exists(PathOf(".env"))
        ? File.ReadLines(PathOf(".env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1])
        : throw new DeploymentException($"Nothing was deployed from {Folder}: name the folder of the deployment by --output-path.");
}
