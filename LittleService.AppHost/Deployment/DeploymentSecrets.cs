using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace LittleService.AppHost.Deployment;

/// <summary>The secrets of a deployment, by the names of their files: those of the settings. An optional one may be empty.</summary>
internal sealed class DeploymentSecrets(IReadOnlyDictionary<string, string> values)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public IReadOnlyDictionary<string, string> Values { get; } = values;

    public bool Has(string name) => Values[name].Length > 0;

    /// <summary>A name for this content, for engines that never change a secret once it is there.</summary>
    public string Revision(string others)
    {
        var sorted = Values.OrderBy(secret => secret.Key, StringComparer.Ordinal);
        var all = string.Join('\n', sorted.Select(secret => $"{secret.Key}={secret.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all + others)))[..10];
    }

    public static async Task<DeploymentSecrets> ReadAsync(
        DistributedApplicationModel model, DeploymentSettings settings, string earlier, CancellationToken cancellationToken)
    {
        var admin = model.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == "admin-password");
        var values = new Dictionary<string, string>
        {
            ["Accounts__AdminPassword"] = await ValueAsync(admin),
            ["DataProtection__Certificate"] = settings.Value("data-protection-certificate"),
            ["DataProtection__OtherCertificates__0"] = settings.Value("data-protection-previous-certificate"),
            ["OTEL_EXPORTER_OTLP_HEADERS"] = settings.Value("otlp-headers"),
            ["tls.pem"] = settings.Value("tls-certificate"),
            ["ConnectionStrings__db"] = settings.ConnectionString("db"),
            ["ConnectionStrings__redis"] = settings.ConnectionString("redis"),
        };
        if (settings.HasServersOfItsOwn)
        {
            values["postgres-password"] = await ValueAsync(model.Resources.OfType<PostgresServerResource>().Single().PasswordParameter);
            values["redis-password"] = await ValueAsync(model.Resources.OfType<RedisResource>().Single().PasswordParameter);
            values["ConnectionStrings__db"] = Database(values["postgres-password"]);
            values["ConnectionStrings__redis"] = $"redis:6379,password={values["redis-password"]}";
        }
        return new(values);

        // What an earlier deployment left wins over what was just generated: the data that it left knows that password.
        async Task<string> ValueAsync(ParameterResource? parameter)
        {
            var file = Path.Combine(earlier, parameter == admin ? "Accounts__AdminPassword" : parameter!.Name);
            return settings.Value(parameter!.Name).Length == 0 && File.Exists(file)
                ? (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\n')
                : await parameter!.GetValueAsync(cancellationToken) ?? "";
        }
    }

    /// <summary>
    /// Writes each into a file of a folder that only its owner may enter. Where <paramref name="mounted"/>, the files may be read
    /// by all, since Compose shows them as they are to containers that run as another user.
    /// </summary>
    public async Task WriteAsync(string folder, bool mounted, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
        foreach (var (name, value) in Values)
        {
            var file = Path.Combine(folder, name);
            File.Delete(file);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            await using (var writer = new StreamWriter(file, options))
                await writer.WriteAsync($"{value}\n".AsMemory(), cancellationToken);
            if (mounted && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    // Kerberos is not in the images: without the last part the driver looks for it and complains.
    private static string Database(string password) => new DbConnectionStringBuilder
    {
        ["Host"] = "postgres",
        ["Username"] = "postgres",
        ["Password"] = password,
        ["Database"] = "db",
        ["GSS Encryption Mode"] = "Disable",
    }.ConnectionString;
}
