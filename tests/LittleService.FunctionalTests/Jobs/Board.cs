using System.Collections.Concurrent;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>Where handlers note that they ran.</summary>
public sealed class Board
{
    private readonly ConcurrentQueue<string> _notes = new();

    public IReadOnlyList<string> Notes => [.. _notes];

    public ConcurrentDictionary<Guid, int> Attempts { get; } = new();

    /// <summary>Slow jobs wait for it.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(string note) => _notes.Enqueue(note);
}
