using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.AppHost.LocalServers;

/// <summary>The folder that keeps the data of both servers, held for one app host at a time.</summary>
/// <param name="Root">The full path.</param>
/// <param name="User">The unprivileged user that the servers run as; null where they run as we do.</param>
/// <param name="Reason">Why it is not the folder that was wanted, as a part of a sentence; empty where it is.</param>
public sealed record DataFolder(string Root, string? User, string Reason)
{
    private const string Setting = "DataFolder";

    // Prints the user that servers of root run as, and nothing more where that user cannot reach the folder.
    private const string ReachScript = """
        for user in postgres nobody; do id -u "$user" >/dev/null 2>&1 && break; done
        echo "$user"
        folder=$1
        while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups test -x "$folder" && echo reached
        """;

    public string For(string server) => Path.Combine(Root, server);

    /// <summary>Where the data would lie if nothing stood in the way.</summary>
    public static string Wanted(IDistributedApplicationBuilder builder) => Path.GetFullPath(
        builder.Configuration[Setting] is { Length: > 0 } chosen ? chosen : Path.Combine(builder.AppHostDirectory, "..", ".data"));

    /// <summary>A short name for a folder, for what has to be unique per clone on one machine.</summary>
    public static string Hash(string folder) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..8];

    public static bool IsToBeReset(IDistributedApplicationBuilder builder) => builder.Configuration.GetValue<bool>("ResetData");

    [UnsupportedOSPlatform("windows")]
    public static async Task<DataFolder> OpenAsync(IDistributedApplicationBuilder builder)
    {
        var folder = await ReachableAsync(builder);
        Hold(builder, folder.Root);
        if (IsToBeReset(builder))
            foreach (var server in Directory.GetDirectories(folder.Root))
                Directory.Delete(server, recursive: true);
        return folder;
    }

    /// <summary>Makes a folder, and keeps other app hosts out of it and of the volumes named after it as long as this one runs.</summary>
    /// <exception cref="StartException">Another app host has it.</exception>
    public static void Hold(IDistributedApplicationBuilder builder, string folder)
    {
        Create(folder);
        var hold = DataFolderHold.Take(folder);
        builder.Services.AddHostedService(_ => hold);
    }

    private static async Task<DataFolder> ReachableAsync(IDistributedApplicationBuilder builder)
    {
        var wanted = Wanted(builder);
        if (!Environment.IsPrivilegedProcess)
            return new DataFolder(wanted, null, "");

        var (user, reached) = await TryReachAsync(wanted);
        if (reached)
            return new DataFolder(wanted, user, "");
        if (!string.IsNullOrEmpty(builder.Configuration[Setting]))
            throw new StartException(
                $"Root runs the servers as the user {user}, who cannot enter {wanted}: choose another folder with --{Setting}=….");

        // A clone under /root: nobody else may enter it, and opening it up is not ours to do.
        return new DataFolder($"/var/lib/littleservice-{Hash(wanted)}", user, $", since {user} cannot enter {wanted}");
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, (UnixFileMode)0b111_101_101);
    }

    private static async Task<(string User, bool Reached)> TryReachAsync(string folder)
    {
        var result = await Shell.RunAsync(TimeSpan.FromSeconds(5), "/bin/sh", "-c", ReachScript, "sh", folder);
        var lines = result.Output.Split('\n');
        return (lines[0], lines.Length > 1);
    }
}
