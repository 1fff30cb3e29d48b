using System.Text;

namespace LittleService.Jobs;

/// <summary>The kinds that this worker can run.</summary>
internal sealed class JobRegistry
{
    private readonly Dictionary<string, JobRegistration> _kinds = [];
    private readonly Dictionary<string, JobRegistration>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public JobRegistry(IEnumerable<JobRegistration> registrations)
    {
        All = [.. registrations];
        foreach (var registration in All)
        {
            if (!_kinds.TryAdd(registration.Kind, registration))
                throw new InvalidOperationException(
                    $"Two handlers are added for the job kind '{registration.Kind}'. Each kind has one handler.");
        }

        _bySpan = _kinds.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<JobRegistration> All { get; }

    /// <summary>Null where this worker does not know the kind.</summary>
    public JobRegistration? Find(string kind) => _kinds.GetValueOrDefault(kind);

    /// <summary>As above, without making a string of a kind that is known.</summary>
    public JobRegistration? Find(ReadOnlySpan<byte> kind)
    {
        Span<char> name = stackalloc char[256];
        return _bySpan.TryGetValue(name[..Encoding.ASCII.GetChars(kind, name)], out var registration) ? registration : null;
    }
}
