using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LittleService.Data.Accounts;

/// <summary>Codes of a second factor: RFC 6238 with SHA-1 and steps of 30 seconds, as authenticator apps have it.</summary>
public static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int StepSeconds = 30;
    private const int Digits = 6;
    private const int SecretBytes = 20;

    /// <summary>A new secret, in base 32.</summary>
    public static string CreateSecret() => RandomNumberGenerator.GetString(Base32, SecretBytes * 8 / 5);

    /// <summary>What apps read the secret from.</summary>
    public static string Address(string account, string secret) =>
        $"otpauth://totp/LittleService:{Uri.EscapeDataString(account)}?secret={secret}"
        + $"&issuer=LittleService&algorithm=SHA1&digits={Digits}&period={StepSeconds}";

    /// <summary>The secret's bytes; null where it is none of ours.</summary>
    public static byte[]? Read(string? secret)
    {
        if (secret is not { Length: SecretBytes * 8 / 5 } || !secret.All(Base32.Contains)) return null;
        var bits = string.Concat(
            secret.Select(letter => Convert.ToString(Base32.IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }

    /// <summary>The step whose code this is, if that is now or one step off; null otherwise.</summary>
    public static long? Match(byte[] secret, string? code, DateTimeOffset now)
    {
        var given = Encoding.UTF8.GetBytes(code?.Replace(" ", "", StringComparison.Ordinal) ?? "");
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        for (var step = current - 1; step <= current + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Code(secret, step)))) found = step;
        return found;
    }

    /// <summary>The code of a time step.</summary>
    [SuppressMessage("Security", "CA5350",
        Justification = "Authenticator apps know SHA-1 only, and HMAC does not depend on what is broken in it.")]
    public static string Code(byte[] secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        var hash = HMACSHA1.HashData(secret, counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (number % (int)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }
}
