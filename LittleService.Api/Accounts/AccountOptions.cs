using LittleService.Data.Accounts;

namespace LittleService.Api.Accounts;

/// <summary>The settings of accounts of our own, from the section <c>Accounts</c>.</summary>
public sealed record AccountOptions
{
    public const string Section = "Accounts";

    /// <summary>Whether they can sign in, with a password or a passkey.</summary>
    public bool LocalSignIn { get; init; } = true;

    /// <summary>Whether who has a password has to set up a second factor before anything else.</summary>
    public bool RequireSecondFactor { get; init; }

    /// <summary>Why the service must not start with these settings, in one sentence; null where they are fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration) => ProviderOptions.ConfigurationError(configuration)
        ?? PasskeysExtensions.ConfigurationError(configuration) ?? KeyCertificate.ConfigurationError(configuration);
}
