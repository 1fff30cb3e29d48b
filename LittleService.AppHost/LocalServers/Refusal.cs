using System.Reflection;

namespace LittleService.AppHost.LocalServers;

internal static class Refusal
{
    /// <summary>
    /// Ends the start with one sentence. The app host's own process says it and exits with code 1, since a stack trace would hide it;
    /// a test that runs the graph inside its own process gets an exception.
    /// </summary>
    public static Exception Because(string sentence)
    {
        if (Assembly.GetEntryAssembly() == typeof(Refusal).Assembly)
        {
            Console.Error.WriteLine(sentence);
            Environment.Exit(1);
        }
        return new DistributedApplicationException(sentence);
    }
}
