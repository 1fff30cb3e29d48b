namespace LittleService.AppHostTests.Graphs;

/// <summary>A <c>docker</c> that answers but has no image and cannot pull one, and that keeps what it was asked.</summary>
internal sealed class FakeRuntime : IDisposable
{
    // A container of the last run still runs when it is first asked for, and is still to be removed when its volumes are first to go.
    private const string Script = """
        #!/bin/sh
        calls=$(dirname "$0")/calls
        again() { [ "$(grep -c "^$command" "$calls")" -gt 1 ]; }
        command=$1
        echo "$*" >>"$calls"
        case "$1" in
          info) ;;
          ps) again || echo postgres-old ;;
          volume) again || { echo 'Error response from daemon: volume is in use' >&2; exit 1; } ;;
          pull) echo 'Error response from daemon: no such host' >&2; exit 1 ;;
          *) exit 1 ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("littleservice-test-").FullName;

    public FakeRuntime()
    {
        File.WriteAllText(Program, Script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Program => Path.Combine(_folder, "docker");

    /// <summary>An environment in which it is the only one that is found first.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["PATH"] = $"{_folder}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["Servers"] = "containers",
        ["ASPIRE_CONTAINER_RUNTIME"] = "docker",
    };

    public string[] Calls => File.ReadAllLines(Path.Combine(_folder, "calls"));

    public void Dispose() => Files.Delete(_folder);
}
