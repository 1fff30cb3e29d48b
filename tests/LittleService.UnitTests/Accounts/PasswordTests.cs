using System.Buffers.Binary;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;

namespace LittleService.UnitTests.Accounts;

public sealed class PasswordTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short-1!aB")]
    [InlineData("Marmot-Quil")]
    [InlineData("password1234")]
    [InlineData("P4$$w0rd123456")]
    [InlineData("qwertyuiop123")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabcabc")]
    [InlineData("iloveyou-sunshine-2024")]
    [InlineData("change-me-please")]
    [InlineData("letmein!letmein!")]
    [InlineData("my name is caroline")]
    public void WeakPasswordIsRefused(string? password) => Assert.NotNull(Passwords.ProblemOf(password, "caroline"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("Marmot-Quilt")]
    [InlineData("Marmot-Quilt-Tundra-42")]
    [InlineData("дуже довгий пароль")]
    [InlineData("🦊 fox 🦊 fjord 🦊")]
    public void LongPasswordIsTakenWhateverItIsMadeOf(string password) => Assert.Null(Passwords.ProblemOf(password, "caroline"));

    [Fact]
    public void GeneratedPasswordIsTaken() => Assert.Null(Passwords.ProblemOf(Passwords.Create(), "admin"));

    [Fact]
    public void TooLongPasswordIsRefused() => Assert.NotNull(Passwords.ProblemOf(string.Concat(Enumerable.Repeat("fjord ", 40)), "caroline"));

    [Fact]
    public void HashIsThatOfAspNetCoreWithManyRounds()
    {
        // Its format 1: the marker, the function (2 is HMAC-SHA512), the rounds.
        var hash = Convert.FromBase64String(new AccountPasswordHasher().HashPassword(new(), "correct horse battery staple"));

        Assert.Equal((1, 2, 210_000), (hash[0], BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5))));
        Assert.Equal(PasswordVerificationResult.Success, new PasswordHasher<object>().VerifyHashedPassword(new(), Convert.ToBase64String(hash), "correct horse battery staple"));
    }

    [Fact]
    public void WhatIsLongerThanAnyPasswordIsNotHashed()
    {
        var (hasher, text) = (new AccountPasswordHasher(), new string('x', Passwords.Longest + 1));

        Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(new(), hasher.HashPassword(new(), text), text));
    }

    [Theory]
    [InlineData("/keys", "/keys")]
    [InlineData("/items?search=a%20b#x", "/items?search=a%20b#x")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("keys", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("\\\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\r\nSet-Cookie: a=b", "/")]
    public void LoginLeadsToAPathOfOursOnly(string? address, string path) => Assert.Equal(path, LittleService.Api.Accounts.ReturnUrls.Safe(address));
}
