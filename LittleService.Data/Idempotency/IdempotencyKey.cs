namespace LittleService.Data.Idempotency;

/// <summary>Identifies a request, so that a retry has no second effect.</summary>
/// <param name="Caller">Each caller has its own keys.</param>
/// <param name="Key">Chosen by the caller; 1 to 255 characters.</param>
/// <param name="Fingerprint">Distinguishes a retry from another request with the same key.</param>
public sealed record IdempotencyKey(string Caller, string Key, byte[] Fingerprint);

/// <summary>The key was used for another request.</summary>
public sealed class IdempotencyKeyReusedException() : Exception("The key was used for another request.");
