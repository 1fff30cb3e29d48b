namespace LittleService.Jobs;

/// <summary>
/// Encrypts the payloads of kinds marked sensitive. The host adds one: for example over Data Protection, with keys that all its processes
/// share.
/// </summary>
public interface IPayloadProtector
{
    /// <summary>Encrypts a payload before it is stored.</summary>
    byte[] Protect(byte[] payload);

    /// <summary>Decrypts it before it is handled.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was changed, or encrypted with other keys.</exception>
    byte[] Unprotect(byte[] payload);
}
