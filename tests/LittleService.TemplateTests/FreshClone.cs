using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace LittleService.TemplateTests;

/// <summary>A clone that nobody has built, given another name, with the graph started in it as the README says, on ports of its own.</summary>
public sealed partial class FreshClone : IAsyncLifetime
{
    // It installs and builds first, on a machine that may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly List<string> _said = [];
    private Process? _server;

    /// <summary>What the solution is called in the clone.</summary>
    public static string Name { get; } = ReadmeCommands.Rename.Split(' ')[1];

    public string Root { get; } = Directory.CreateTempSubdirectory("fresh-clone-").FullName;

    public string Api { get; private set; } = "";

    public string Dashboard { get; private set; } = "";

    /// <summary>What the server's command has said so far.</summary>
    public string Said => string.Join('\n', _said);

    public async ValueTask InitializeAsync()
    {
        Copy();
        Run("git init -q && git add -A && git -c user.name=Test -c user.email=test@example.invalid commit -qm Clone");
        Run(ReadmeCommands.Rename);
        _server = Command.Start("/bin/sh", Root, ["-c", $"exec {ReadmeCommands.Server}"]);
        var lines = Channel.CreateUnbounded<string>();
        _server.OutputDataReceived += (_, line) => lines.Writer.TryWrite(line.Data ?? "");
        _server.ErrorDataReceived += (_, line) => lines.Writer.TryWrite(line.Data ?? "");
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Patience);
        while (Api.Length == 0 || Dashboard.Length == 0)
        {
            Assert.False(_server.HasExited, $"{ReadmeCommands.Server} stopped:\n{string.Join('\n', _said)}");
            await ReadLineAsync(lines.Reader, deadline.Token);
        }
    }

    /// <summary>Runs a command line of the README in the clone; ports and names are those of the clone.</summary>
    public string Run(string command) =>
        Command.Run("/bin/sh", Root, ["-c", command.Replace("http://localhost:5380", Api, StringComparison.Ordinal).Replace("LittleService", Name, StringComparison.Ordinal)]);

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            try
            {
                Run(ReadmeCommands.RestoreTools);
                Run(ReadmeCommands.Stop);
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                await _server.WaitForExitAsync(deadline.Token);
            }
            finally
            {
                _server.Kill(entireProcessTree: true);
            }
        }
        _server?.Dispose();
        ForgetSecrets();
        Directory.Delete(Root, recursive: true);
    }

    // Those of the clone's app host stand in the home folder of whoever runs the tests.
    private void ForgetSecrets()
    {
        var id = SecretsPattern().Match(File.ReadAllText(Path.Combine(Root, $"{Name}.AppHost", $"{Name}.AppHost.csproj"))).Groups[1].Value;
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".microsoft", "usersecrets", id);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task ReadLineAsync(ChannelReader<string> lines, CancellationToken cancellationToken)
    {
        try
        {
            _said.Add(await lines.ReadAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{ReadmeCommands.Server} did not come up within {Patience}:\n{string.Join('\n', _said)}");
        }
        Api = ApiPattern().Match(_said[^1]) is { Success: true } api ? api.Groups[1].Value : Api;
        Dashboard = DashboardPattern().Match(_said[^1]) is { Success: true } dashboard ? dashboard.Groups[1].Value : Dashboard;
    }

    private void Copy()
    {
        // Postgres runs as a user of its own where we are root, and must reach its data in here.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
        foreach (var file in Repository.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(Root, file));
        }
        foreach (var file in Repository.Files.Where(file => file.EndsWith("launchSettings.json", StringComparison.Ordinal)))
            File.WriteAllText(Path.Combine(Root, file), PortPattern().Replace(Repository.Read(file), _ => $"localhost:{Ports.Free()}"));
    }

    [GeneratedRegex(@"^api: (http://\S+)")]
    private static partial Regex ApiPattern();

    [GeneratedRegex(@"(http://\S+/login\?t=\w+)")]
    private static partial Regex DashboardPattern();

    [GeneratedRegex("<UserSecretsId>(.+)</UserSecretsId>")]
    private static partial Regex SecretsPattern();

    [GeneratedRegex(@"localhost:\d+")]
    private static partial Regex PortPattern();
}
