using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Dcp;

/// <summary>The programs that do the work: DCP runs the resources, the dashboard shows them. Both come from npm.</summary>
/// <param name="Dcp">Path of DCP.</param>
/// <param name="Dashboard">Path of the program that is the dashboard when called with that word.</param>
internal sealed record AspireBundle(string Dcp, string Dashboard)
{
    private const string Version = "13.5.4";

    /// <summary>Finds them where the Aspire CLI puts them; installs them once where they are missing.</summary>
    public static async Task<AspireBundle> FindAsync(CancellationToken cancellationToken)
    {
        var cache = Path.Combine(Folder("XDG_CACHE_HOME", ".cache"), "aspire-standin");
        var package = Path.Combine([cache, "node_modules", .. Package.Split('/')]);
        // Depending on how it was installed, the CLI unpacks into the home folder or beside itself.
        string[] places = [Home, Path.Combine(package, "bundle")];
        if (Find(places) is { } found) return found;
        Directory.CreateDirectory(cache);
        await using var one = await LockAsync(Path.Combine(cache, "lock"), cancellationToken);
        if (Find(places) is { } justInstalled) return justInstalled;

        await InstallAsync(cache, package, cancellationToken);
        return Find(places) ?? throw new DistributedApplicationException($"{Package}@{Version} was installed, but 'aspire setup' brought no DCP.");
    }

    private static string Home => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire", "bundle");

    private static string Package => $"@microsoft/aspire-cli-linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static string Folder(string variable, string inHome) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder
        ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), inHome);

    private static AspireBundle? Find(IEnumerable<string> places) => places
        .Select(place => new AspireBundle(Path.Combine(place, "dcp", "dcp"), Path.Combine(place, "managed", "aspire-managed")))
        .FirstOrDefault(bundle => File.Exists(bundle.Dcp) && File.Exists(bundle.Dashboard));

    private static async Task InstallAsync(string cache, string package, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Installing DCP and the Aspire dashboard {Version} from npm, once.");
        await RunAsync("npm", cache, ["install", "--no-audit", "--no-fund", "--prefix", cache, $"{Package}@{Version}"], cancellationToken);
        var cli = Directory.EnumerateFiles(package, "aspire", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new DistributedApplicationException($"{Package}@{Version} holds no program 'aspire'.");
        await RunAsync(cli, cache, ["setup"], cancellationToken);
    }

    private static async Task RunAsync(string program, string folder, string[] args, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(program, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1";
        try
        {
            using var process = Process.Start(info)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0) return;
            var why = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
            throw new DistributedApplicationException(
                $"DCP is missing and could not be installed: {Path.GetFileName(program)} {args[0]} ended with exit code {process.ExitCode}: {why}");
        }
        catch (Win32Exception e)
        {
            throw new DistributedApplicationException(
                $"DCP is missing (no {Home}/dcp/dcp) and there is no npm to install it: install npm, or run 'aspire setup' of the Aspire CLI {Version}.", e);
        }
    }

    /// <summary>Two app hosts that start at once install once.</summary>
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }
}
