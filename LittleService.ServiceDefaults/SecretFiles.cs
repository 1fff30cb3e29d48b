using Microsoft.Extensions.Configuration;

namespace LittleService.ServiceDefaults;

/// <summary>Settings from files, as container engines hand out secrets: no list of processes or of variables shows them.</summary>
public static class SecretFiles
{
    private const string Setting = "Secrets:Directory";
    private const string Usual = "/run/secrets";

    /// <summary>
    /// Reads each file of the folder <c>Secrets:Directory</c> (by default /run/secrets, if it is there) as a setting of the file's name,
    /// in which <c>__</c> separates sections. A file wins over a variable of its name. Returns why that failed, in one sentence, or null.
    /// </summary>
    public static string? AddSecretFiles(this IConfigurationManager configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var named = configuration[Setting] is { Length: > 0 } chosen ? chosen : null;
        var folder = Path.GetFullPath(named ?? Usual);
        if (named is null && !Directory.Exists(folder)) return null;
        if (ErrorOf(folder) is { } error) return error;
        configuration.AddKeyPerFile(folder, optional: false);
        return null;
    }

    // Each is opened once before, since the provider's own exception comes with a stack trace and without the name of the setting.
    private static string? ErrorOf(string folder)
    {
        var reading = folder;
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(static file => Path.GetFileName(file)[0] != '.'))
            {
                reading = file;
                using var opened = File.OpenRead(file);
            }
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The secrets in {folder} ({Setting.Replace(":", "__", StringComparison.Ordinal)}) cannot be read as "
                + $"{Environment.UserName}: {reading}: {exception.Message}";
        }
    }
}
