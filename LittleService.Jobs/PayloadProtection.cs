using System.Security.Cryptography;

namespace LittleService.Jobs;

/// <summary>Payloads of kinds marked sensitive, encrypted by the host's protector where it has one.</summary>
internal sealed class PayloadProtection(IPayloadProtector? protector = null)
{
    public byte[] Protect(byte[] payload) =>
        protector?.Protect(payload)
            ?? throw new JobRefusedException($"A sensitive job needs an {nameof(IPayloadProtector)}, and this process has none.");

    public ReadOnlyMemory<byte> Unprotect(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return protector?.Unprotect(payload.ToArray())
                ?? throw new UnreadablePayloadException("it is encrypted and this worker has no keys");
        }
        catch (CryptographicException)
        {
            throw new UnreadablePayloadException("it cannot be decrypted with the keys of this worker");
        }
    }
}
