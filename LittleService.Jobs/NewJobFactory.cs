using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using LittleService.Jobs.Storage;

namespace LittleService.Jobs;

/// <summary>Turns a job into a row, or refuses what could never run.</summary>
internal sealed class NewJobFactory(PayloadProtection payloads, TimeProvider time, IEnumerable<JobKind> kinds)
{
    internal const int LongestPayload = 256 * 1024;
    private const int LongestKey = 120;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

    private readonly HashSet<string> _known = [.. kinds.Select(kind => kind.Name)];

    public NewJob Create<TJob>(TJob job, EnqueueOptions? options, Guid? batch = null, Guid? awaits = null)
        where TJob : IJob
    {
        var policy = TJob.Policy;
        var id = Guid.CreateVersion7(time.GetUtcNow());
        return new()
        {
            Id = id,
            StoredId = id,
            Kind = Known(Name(TJob.Kind, "kind")),
            Queue = Name(options?.Queue ?? policy.Queue, "queue"),
            Priority = options?.Priority ?? policy.Priority,
            Version = policy.Version,
            Payload = policy.Sensitive ? payloads.Protect(Serialize(job, TJob.Kind)) : Serialize(job, TJob.Kind),
            RunAt = options?.RunAt?.ToUniversalTime(),
            UniqueKey = Key(options?.UniqueKey),
            LimitKey = LimitKey(TJob.Kind, policy, Key(options?.LimitKey)),
            Batch = batch,
            Awaits = awaits,
            Sensitive = policy.Sensitive,
            Trace = Activity.Current?.Id,
        };
    }

    /// <summary>The kind, where it can be enqueued here: which kinds there are is known where any is named, see AddJobKind.</summary>
    /// <exception cref="JobRefusedException">This process names the kinds it enqueues, and this is not one of them.</exception>
    public string Known(string kind) =>
        _known.Count == 0 || _known.Contains(kind)
            ? kind
            : throw new JobRefusedException($"There is no job kind '{kind}': nobody has called AddJob or AddJobKind for it.");

    private static byte[] Serialize<TJob>(TJob job, string kind)
    {
        byte[] payload;
        try
        {
            payload = JsonSerializer.SerializeToUtf8Bytes(job, JobJson.Options);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or NotSupportedException)
        {
            throw new JobRefusedException($"A job '{kind}' cannot be stored: {e.Message}");
        }

        if (payload.Length > LongestPayload)
            throw new JobRefusedException(
                $"A job '{kind}' of {payload.Length} bytes is over the limit of {LongestPayload}. Store the data and enqueue its id.");
        JobJson.RefuseNul(payload, kind);
        return payload;
    }

    private static string Name(string name, string what) =>
        name.Length is > 0 and <= 64 && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? name
            : throw new JobRefusedException($"'{name}' is no name for a {what}: 1 to 64 small letters, digits, '_', '.' or '-'.");

    private static string? LimitKey(string kind, JobPolicy policy, string? key) =>
        key is not null ? $"{kind}:{key}" : policy.MaxRunning is null && policy.Rate is null ? null : kind;

    private static string? Key(string? key)
    {
        if (key is null)
            return null;
        if (key.Length is 0 or > LongestKey)
            throw new JobRefusedException($"A key must have 1 to {LongestKey} characters, not {key.Length}.");
        return PostgresText.IsStorable(key) ? key : throw new JobRefusedException("A key must be valid text without NUL.");
    }
}
