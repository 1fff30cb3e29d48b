using OtpNet;

namespace LittleService.Data.Accounts;

/// <summary>Codes of a second factor: RFC 6238 with SHA-1 and steps of 30 seconds, as authenticator apps have it.</summary>
public static class Totp
{
    private const int SecretBytes = 20;
    private static readonly VerificationWindow OneStepOff = new(previous: 1, future: 1);

    /// <summary>A new secret, in base 32.</summary>
    public static string CreateSecret() => Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(SecretBytes));

    /// <summary>What apps read the secret from.</summary>
    public static string Address(string account, string secret) => new OtpUri(OtpType.Totp, secret, account, "LittleService").ToString();

    /// <summary>The secret's bytes; null where it is malformed.</summary>
    public static byte[]? Read(string? secret)
    {
        try
        {
            return Base32Encoding.ToBytes(secret) is { Length: SecretBytes } bytes ? bytes : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The step whose code this is, if that is now or one step off; null otherwise.</summary>
    public static long? Match(byte[] secret, string? code, DateTimeOffset now) =>
        code is not null
        && new OtpNet.Totp(secret).VerifyTotp(now.UtcDateTime, code.Replace(" ", "", StringComparison.Ordinal), out var step, OneStepOff)
            ? step : null;

    /// <summary>The code of a moment.</summary>
    public static string Code(byte[] secret, DateTimeOffset now) => new OtpNet.Totp(secret).ComputeTotp(now.UtcDateTime);
}
