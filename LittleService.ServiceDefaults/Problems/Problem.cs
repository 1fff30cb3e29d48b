namespace LittleService.ServiceDefaults;

/// <summary>What a client is told about an exception. Nothing of the exception itself is in it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">One sentence for the client, or null where the status says it all.</param>
/// <param name="RetryAfter">How long the client should wait before it tries again; sent in whole seconds.</param>
public sealed record Problem(int Status, string? Detail = null, TimeSpan? RetryAfter = null)
{
    /// <summary>What is wrong with each field, by its name; null where no field is.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
