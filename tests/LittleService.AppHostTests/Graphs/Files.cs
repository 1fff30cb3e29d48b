namespace LittleService.AppHostTests.Graphs;

internal static class Files
{
    /// <summary>The app host has stopped, but a server of it may write its last lines still.</summary>
    public static void Delete(string folder)
    {
        for (var attempt = 0; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                Thread.Sleep(100);
            }
        }
    }
}
