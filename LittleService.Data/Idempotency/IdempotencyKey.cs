namespace LittleService.Data.Idempotency;

/// <summary>Names a request, so that sending it again does nothing again.</summary>
/// <param name="Caller">Keys of one caller are unknown to all others.</param>
/// <param name="Key">Chosen by the caller; 1 to 255 characters.</param>
/// <param name="Fingerprint">Tells a repetition from another request under the same key.</param>
public sealed record IdempotencyKey(string Caller, string Key, byte[] Fingerprint);

/// <summary>The key was used for another request.</summary>
public sealed class IdempotencyKeyReusedException() : Exception("The key was used for another request.");
