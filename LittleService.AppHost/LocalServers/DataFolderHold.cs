using Microsoft.Extensions.Hosting;

namespace LittleService.AppHost.LocalServers;

/// <summary>
/// Keeps a second app host out of a data folder. The kernel gives the lock back when this process ends, however it ends; the file goes when
/// the host is disposed, which is after its resources were told to stop.
/// </summary>
internal sealed class DataFolderHold : IHostedService, IDisposable
{
    private readonly FileStream _file;

    private DataFolderHold(FileStream file) => _file = file;

    public static DataFolderHold Take(string folder)
    {
        try
        {
            return new DataFolderHold(new FileStream(
                Path.Combine(folder, "in-use"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException)
        {
            throw new StartException(
                $"The data folder {folder} is in use by another running app host: stop that one, or choose another folder with "
                + "--DataFolder=….");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _file.Dispose();
}
