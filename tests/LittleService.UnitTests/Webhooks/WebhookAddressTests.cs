using System.Net;
using LittleService.Data.Webhooks;
using Microsoft.Security.AntiSSRF;

namespace LittleService.UnitTests.Webhooks;

public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void AddressOfOursIsNotPublic(string address) => Assert.False(WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void WhatALibraryKnowsAsNotPublicIsNotPublicHereEither()
    {
        foreach (var network in IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse))
        {
            var last = network.BaseAddress.GetAddressBytes();
            for (var bit = network.PrefixLength; bit < last.Length * 8; bit++) last[bit / 8] |= (byte)(0x80 >> (bit % 8));

            Assert.False(WebhookAddress.IsPublic(network.BaseAddress), $"{network}");
            Assert.False(WebhookAddress.IsPublic(new(last)), $"{network}");
        }
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    public void AddressOfTheInternetIsPublic(string address) => Assert.True(WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void NameThatLeadsToOneOfOursTooIsNotPublic()
    {
        var (theirs, ours) = (IPAddress.Parse("1.1.1.1"), IPAddress.Parse("10.0.0.1"));

        Assert.True(WebhookAddress.ArePublic([theirs, theirs]));
        Assert.False(WebhookAddress.ArePublic([theirs, ours]));
        Assert.False(WebhookAddress.ArePublic([ours, theirs]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.org/hook")]
    [InlineData("/hook")]
    [InlineData("ftp://example.org/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://example.org/")]
    [InlineData("https://user:secret@example.org/")]
    [InlineData("https://example.org/#part")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    public void SuchIsNoAddressForAWebhook(string url) => Assert.NotNull(WebhookAddress.ProblemOf(url, anywhere: false));

    [Theory]
    [InlineData("https://example.org/hook?x=1")]
    [InlineData("https://example.org:8443/")]
    [InlineData("https://1.1.1.1/")]
    public void PublicHttpsIs(string url) => Assert.Null(WebhookAddress.ProblemOf(url, anywhere: false));

    [Fact]
    public void DevelopmentMayUseItsOwnMachine() => Assert.Null(WebhookAddress.ProblemOf("http://localhost:1234/", anywhere: true));
}
