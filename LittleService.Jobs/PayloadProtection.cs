using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace LittleService.Jobs;

/// <summary>Encrypts payloads of kinds marked sensitive.</summary>
internal sealed class PayloadProtection(IDataProtectionProvider? protection = null)
{
    private readonly IDataProtector? _protector = protection?.CreateProtector("LittleService.Jobs.Payload");

    public byte[] Protect(byte[] payload) =>
        _protector?.Protect(payload)
            ?? throw new JobRefusedException("A sensitive job needs Data Protection: call services.AddDataProtection().");

    public ReadOnlyMemory<byte> Unprotect(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return _protector?.Unprotect(payload.ToArray())
                ?? throw new UnreadablePayloadException("it is encrypted and this worker has no keys");
        }
        catch (CryptographicException)
        {
            throw new UnreadablePayloadException("it cannot be decrypted with the keys of this worker");
        }
    }
}
