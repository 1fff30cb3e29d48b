using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class SecretFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("littleservice-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FileIsASettingAndWinsOverAVariable()
    {
        Write("ConnectionStrings__db", "Host=of-the-file\n");
        using var configuration = Configuration(("ConnectionStrings:db", "Host=of-a-variable"));

        Assert.Null(configuration.AddSecretFiles());
        Assert.Equal("Host=of-the-file", configuration.GetConnectionString("db"));
    }

    // As Kubernetes mounts a secret: each name is a link into a folder that is replaced as a whole.
    [Fact]
    public void LinksAreFollowedAndHiddenFoldersAreNone()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "..2026"));
        Write("..2026/Accounts__AdminPassword", "Marmot-Quilt-Tundra-88");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(_folder, "Accounts__AdminPassword"), "..data/Accounts__AdminPassword");
        using var configuration = Configuration();

        Assert.Null(configuration.AddSecretFiles());
        Assert.Equal("Marmot-Quilt-Tundra-88", configuration["Accounts:AdminPassword"]);
        Assert.DoesNotContain(configuration.AsEnumerable(), setting => setting.Key.Contains("2026", StringComparison.Ordinal));
    }

    [Fact]
    public void FileThatCannotBeReadIsNamedInOneSentence()
    {
        var file = Path.Combine(_folder, "ConnectionStrings__db");
        File.CreateSymbolicLink(file, "gone");
        using var configuration = Configuration();

        var error = configuration.AddSecretFiles();

        Assert.StartsWith($"The secrets in {_folder} (Secrets__Directory) cannot be read as ", error);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    [Fact]
    public void FolderThatWasNamedHasToBeThere()
    {
        using var configuration = new ConfigurationManager();
        configuration["Secrets:Directory"] = Path.Combine(_folder, "none");

        Assert.Contains(Path.Combine(_folder, "none"), configuration.AddSecretFiles(), StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);

    private ConfigurationManager Configuration(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration["Secrets:Directory"] = _folder;
        foreach (var (key, value) in settings) configuration[key] = value;
        return configuration;
    }
}
