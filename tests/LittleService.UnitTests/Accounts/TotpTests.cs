using System.Text;
using LittleService.Data.Accounts;

namespace LittleService.UnitTests.Accounts;

public sealed class TotpTests
{
    private static readonly string Issuer = Uri.EscapeDataString("LittleService");

    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B.
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void CodeIsThatOfTheStandard(long seconds, string code) => Assert.Equal(code[2..], Totp.Code(Secret, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void CodeIsTakenOneStepOff(int seconds, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);

        var step = Totp.Match(Secret, Totp.Code(Secret, now.AddSeconds(seconds)), now);

        Assert.Equal(taken ? now.AddSeconds(seconds).ToUnixTimeSeconds() / 30 : null, step);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("abcdef")]
    [InlineData("１２３４５６")]
    public void WhatIsNoCodeIsRefused(string? code) => Assert.Null(Totp.Match(Secret, code, DateTimeOffset.UnixEpoch));

    [Fact]
    public void SecretIsReadBack()
    {
        Assert.Equal(Secret, Totp.Read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        Assert.Equal(20, Totp.Read(Totp.CreateSecret())!.Length);
        Assert.Null(Totp.Read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"));
        Assert.Null(Totp.Read("GEZD"));
        Assert.Null(Totp.Read(null));
    }

    [Fact]
    public void AddressIsWhatAppsRead() => Assert.Equal(
        $"otpauth://totp/{Issuer}:a%40b?secret=GEZD&issuer={Issuer}&algorithm=SHA1&digits=6&period=30", Totp.Address("a@b", "GEZD"));
}
