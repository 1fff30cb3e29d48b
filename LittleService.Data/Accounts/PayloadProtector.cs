using LittleService.Jobs;
using Microsoft.AspNetCore.DataProtection;

namespace LittleService.Data.Accounts;

/// <summary>Encrypts the payloads of sensitive jobs with the keys that all processes of the service share.</summary>
internal sealed class PayloadProtector(IDataProtectionProvider protection) : IPayloadProtector
{
    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.Jobs.Payload");

    public byte[] Protect(byte[] payload) => _protector.Protect(payload);

    public byte[] Unprotect(byte[] payload) => _protector.Unprotect(payload);
}
