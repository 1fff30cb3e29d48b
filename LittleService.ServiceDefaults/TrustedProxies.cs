using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Whose X-Forwarded headers are believed, where <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c> turns them on: those of connections from
/// <c>ForwardedHeaders:Networks</c> (such as <c>10.0.0.0/8, fd00::/8</c>; by default everybody's), through as many proxies as
/// <c>ForwardedHeaders:Hops</c> says (by default one).
/// </summary>
public static class TrustedProxies
{
    private const string Hops = "ForwardedHeaders:Hops";
    private const string Networks = "ForwardedHeaders:Networks";

    /// <summary>Why these settings cannot be used, in one sentence, or null.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[Hops] is { Length: > 0 } hops && HopsOf(hops) is null)
            return $"{Hops} is '{hops}': it is the number of proxies in front, from 1 to 9.";
        return NetworksOf(configuration).FirstOrDefault(static network => !IPNetwork.TryParse(network, out _)) is { } wrong
            ? $"{Networks} names '{wrong}': write networks as 10.0.0.0/8, with commas between." : null;
    }

    internal static void AddTrustedProxies(this IServiceCollection services) =>
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IConfiguration>(static (options, configuration) =>
        {
            options.ForwardLimit = HopsOf(configuration[Hops]) ?? options.ForwardLimit;
            foreach (var network in NetworksOf(configuration)) options.KnownIPNetworks.Add(IPNetwork.Parse(network));
        });

    private static int? HopsOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) && hops is >= 1 and <= 9 ? hops : null;

    private static string[] NetworksOf(IConfiguration configuration) =>
        (configuration[Networks] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
