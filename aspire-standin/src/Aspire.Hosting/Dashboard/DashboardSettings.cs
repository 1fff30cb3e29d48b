using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens and what opens it. Addresses come from the app host's launch profile.</summary>
internal sealed class DashboardSettings(IConfiguration configuration, DistributedApplicationOptions options)
{
    private const string AllowUnsecured = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    /// <summary>The dashboard's own pages; empty where any free port will do.</summary>
    public IReadOnlyList<Uri> Frontends { get; } =
        [.. (configuration["ASPNETCORE_URLS"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    public Uri? OtlpGrpc { get; } = Parse(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL");

    public Uri? OtlpHttp { get; } = Parse(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL");

    /// <summary>Null where anybody on this machine may look.</summary>
    public string? BrowserToken { get; } = configuration.GetValue<bool>("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS") ? null
        : configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? NewKey();

    public string OtlpKey { get; } = configuration["AppHost:OtlpApiKey"] ?? NewKey();

    public string ResourceServiceKey { get; } = NewKey();

    public string ApiKey { get; } = NewKey();

    public string Environment { get; } = configuration["ASPNETCORE_ENVIRONMENT"] ?? "Production";

    public int ResourceServicePort { get; } =
        options.RandomizePorts ? 0 : Parse(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL")?.Port ?? 0;

    /// <summary>Throws where the dashboard would send secrets unprotected though nobody allowed it.</summary>
    public void Check()
    {
        var allowed = options.AllowUnsecuredTransport || configuration.GetValue<bool>(AllowUnsecured);
        if (!allowed && Frontends.Append(OtlpGrpc).Append(OtlpHttp).FirstOrDefault(address => address?.Scheme == "http") is { } plain)
            throw new DistributedApplicationException(
                $"The dashboard's address {plain} is plain http: make it https, or set {AllowUnsecured}=true in the launch profile.");
    }

    /// <summary>The port to ask for; null means any free one.</summary>
    public int? Port(Uri? address) => options.RandomizePorts || address is null or { Port: 0 } ? null : address.Port;

    private static Uri? Parse(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } text ? Parse(text) : null;

    // Kestrel's addresses may name all interfaces by a star, which is no valid host of a Uri.
    private static Uri Parse(string address) =>
        Uri.TryCreate(address.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            ? uri
            : throw new DistributedApplicationException($"'{address}' is not an address on which the dashboard can listen.");

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
