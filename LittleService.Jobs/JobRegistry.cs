using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LittleService.Jobs;

/// <summary>The kinds that this worker can run.</summary>
internal sealed class JobRegistry
{
    private readonly Dictionary<string, JobRegistration> _kinds = [];
    private readonly Dictionary<string, JobRegistration>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public JobRegistry(IEnumerable<JobRegistration> registrations)
    {
        foreach (var registration in registrations)
        {
            if (!_kinds.TryAdd(registration.Kind, registration))
                throw new InvalidOperationException($"Two handlers are added for the job kind '{registration.Kind}'. Each kind has one handler.");
        }

        _bySpan = _kinds.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyCollection<JobRegistration> All => _kinds.Values;

    public bool TryGet(string kind, [MaybeNullWhen(false)] out JobRegistration registration) => _kinds.TryGetValue(kind, out registration);

    /// <summary>As above, without making a string of a kind that is known.</summary>
    public bool TryGet(ReadOnlySpan<byte> kind, [MaybeNullWhen(false)] out JobRegistration registration)
    {
        Span<char> name = stackalloc char[256];
        return _bySpan.TryGetValue(name[..Encoding.ASCII.GetChars(kind, name)], out registration);
    }
}
