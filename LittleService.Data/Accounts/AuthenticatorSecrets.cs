using Microsoft.AspNetCore.DataProtection;
using OtpNet;

namespace LittleService.Data.Accounts;

/// <summary>Encrypts the keys of authenticator apps, which Identity has as base 32.</summary>
public sealed class AuthenticatorSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.Accounts.Totp");

    public byte[] Protect(string key) => _protector.Protect(Base32Encoding.ToBytes(key));

    public string Read(byte[] secret) => Base32Encoding.ToString(_protector.Unprotect(secret));
}
