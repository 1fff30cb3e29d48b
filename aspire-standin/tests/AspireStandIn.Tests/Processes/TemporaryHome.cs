namespace AspireStandIn.Tests.Processes;

/// <summary>A home folder without anything in it.</summary>
internal sealed class TemporaryHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("standin-home-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
