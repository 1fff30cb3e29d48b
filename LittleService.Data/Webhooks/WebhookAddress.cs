using System.Net;

namespace LittleService.Data.Webhooks;

/// <summary>Which addresses deliveries may go to: none that only our network can reach.</summary>
public static class WebhookAddress
{
    public const int Longest = 2000;

    // The special-purpose registries of IANA, and the address at which Azure answers its machines. Of IPv6 only what is handed out as
    // global unicast is public, less what embeds an IPv4 address or is kept for protocols and documents.
    private static readonly IPNetwork[] NotPublic =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var unicast = address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork || GlobalUnicast.Contains(address);
        return unicast && !NotPublic.Any(network => network.Contains(address));
    }

    /// <summary>Whether whatever a name leads to is public: any of them may be the one that is connected to.</summary>
    public static bool ArePublic(IEnumerable<IPAddress> addresses) => addresses.All(IsPublic);

    /// <summary>
    /// What is wrong with an address, or null. What a name resolves to is checked when the connection is made, since it can change.
    /// </summary>
    /// <param name="url">The address.</param>
    /// <param name="anywhere">Whether plain HTTP and addresses that are not public are fine, as they are in development.</param>
    public static string? ProblemOf(string url, bool anywhere)
    {
        // Only what stands in an address as it is sent: no spaces, no control characters, nothing that is not ASCII.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || url.Length > Longest
            || url.Any(c => c is <= ' ' or > '~'))
            return $"Give an absolute https address of at most {Longest} characters.";
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0) return "The address must have no user name, password or fragment.";
        if (anywhere) return null;
        if (uri.Scheme != "https") return "The address must begin with https.";
        return IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsPublic(address) ? "The address must be public." : null;
    }
}
