using System.Net;
using System.Net.Sockets;

namespace LittleService.Data.RateLimits;

/// <summary>The network that anonymous clients are counted by: a client with one IPv6 address has the 2^64 of its network.</summary>
public static class ClientNetwork
{
    public static string Of(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
