using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace LittleService.TemplateTests;

/// <summary>
/// A clone that nobody has built, with the graph started in it as the README says, on ports of its own. Of the template: a solution made
/// from such a clone, of the most awkward name.
/// </summary>
public sealed partial class FreshClone : IAsyncLifetime
{
    // It installs and builds first, on a machine that may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly List<string> _said = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("fresh-clone-").FullName;
    private Process? _server;

    /// <summary>What the solution is called in the clone.</summary>
    public static string Name { get; } = ReadmeCommands.IsTemplate ? "_3rd._class.Größe_Laden" : "LittleService";

    public string Root { get; private set; } = "";

    public string Api { get; private set; } = "";

    public string Dashboard { get; private set; } = "";

    /// <summary>What the server's command has said so far.</summary>
    public string Said => string.Join('\n', _said);

    public async ValueTask InitializeAsync()
    {
        // Postgres runs as a user of its own where we are root, and must reach its data in here.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Copy(Root = Path.Combine(_folder, "clone"));
        if (ReadmeCommands.IsTemplate)
        {
            // Templates of whoever runs the tests are left alone.
            var home = $"export DOTNET_CLI_HOME='{Directory.CreateDirectory(Path.Combine(_folder, "home"))}' &&";
            Run($"{home} {ReadmeCommands.Install}");
            Run($"{home} {ReadmeCommands.New.Replace("-n Acme.Shop", "-n 3rd.class.Größe-Laden", StringComparison.Ordinal)}");
            Root = Path.Combine(_folder, "Acme.Shop");
        }

        Run("git init -q && git add -A && git -c user.name=Test -c user.email=test@example.invalid commit -qm Clone");
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
        Command.Run("/bin/sh", Root, ["-c", command.Replace("http://localhost:5380", Api, StringComparison.Ordinal).Replace("LittleService.", $"{Name}.", StringComparison.Ordinal)]);

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
        Directory.Delete(_folder, recursive: true);
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

    private static void Copy(string root)
    {
        foreach (var file in Repository.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(root, file));
        }
        foreach (var file in Repository.Files.Where(file => file.EndsWith("launchSettings.json", StringComparison.Ordinal)))
            File.WriteAllText(Path.Combine(root, file), PortPattern().Replace(Repository.Read(file), _ => $"localhost:{Ports.Free()}"));
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
