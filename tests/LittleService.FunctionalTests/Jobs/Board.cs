using System.Collections.Concurrent;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>Where handlers note that they ran.</summary>
public sealed class Board
{
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly Dictionary<string, (int Now, int Most)> _inside = [];

    public IReadOnlyList<string> Notes => [.. _notes];

    public ConcurrentDictionary<Guid, int> Attempts { get; } = new();

    /// <summary>Slow jobs wait for it.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(string note) => _notes.Enqueue(note);

    public void Enter(string who) => Move(who, 1);

    public void Leave(string who)
    {
        Move(who, -1);
        Add(who);
    }

    /// <summary>The most that were inside at once.</summary>
    public int Most(string who)
    {
        lock (_inside)
            return _inside[who].Most;
    }

    private void Move(string who, int step)
    {
        lock (_inside)
        {
            var (now, most) = _inside.GetValueOrDefault(who);
            _inside[who] = (now + step, Math.Max(most, now + step));
        }
    }
}
