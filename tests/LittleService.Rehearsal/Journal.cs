using System.Collections.Concurrent;

namespace LittleService.Rehearsal;

/// <summary>What the processes said, for whoever has to find out why a request failed.</summary>
internal static class Journal
{
    private static readonly ConcurrentQueue<string> Lines = [];

    public static string Text => string.Join('\n', Lines);

    public static void Add(string who, string line) => Lines.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {who}: {line}");
}
