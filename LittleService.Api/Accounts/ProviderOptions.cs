using LittleService.Data.Accounts;

namespace LittleService.Api.Accounts;

/// <summary>The identity provider of the team, from the section <c>Accounts:OpenIdConnect</c>.</summary>
public sealed class ProviderOptions
{
    public const string Section = "Accounts:OpenIdConnect";

    public string? Authority { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>What "Sign in with …" names; the host of the authority unless set.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The claim of the id token that the role is read from.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>
    /// The values of that claim that give each role, as in <c>Roles:admin:0</c>. Without any, everybody whom the provider signs in is a
    /// reader.
    /// </summary>
    public IReadOnlyDictionary<Role, string[]> Roles { get; init; } = new Dictionary<Role, string[]>();

    public bool IsConfigured => Authority is { Length: > 0 };

    public static ProviderOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new()
        {
            Authority = section[nameof(Authority)],
            ClientId = section[nameof(ClientId)],
            ClientSecret = section[nameof(ClientSecret)],
            DisplayName = section[nameof(DisplayName)] is { Length: > 0 } name ? name
                : Uri.TryCreate(section[nameof(Authority)], UriKind.Absolute, out var uri) ? uri.Host : null,
            RoleClaim = section[nameof(RoleClaim)] is { Length: > 0 } claim ? claim : "roles",
            Roles = Enum.GetValues<Role>().Select(role => (role, values: ValuesOf(section.GetSection($"{nameof(Roles)}:{role.Text()}"))))
                .Where(static each => each.values.Length > 0).ToDictionary(static each => each.role, static each => each.values),
        };
    }

    /// <summary>Why the api must not start with these settings, in one sentence; null where they are fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        var provider = Of(configuration);
        if (!provider.IsConfigured)
            return configuration.GetValue("Accounts:LocalSignIn", defaultValue: true)
                ? null : $"With Accounts:LocalSignIn off, nobody can sign in: set {Section}:Authority, or turn it on.";
        if (!Uri.TryCreate(provider.Authority, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback))
            return $"{Section}:Authority must be an https address.";
        if (string.IsNullOrEmpty(provider.ClientId)) return $"{Section}:ClientId is missing, the id of this service at the provider.";
        return configuration.GetSection($"{Section}:Roles").GetChildren().FirstOrDefault(
            static child => !Enum.GetValues<Role>().Select(Data.Accounts.Roles.Text).Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            is { } unknown
            ? $"{Section}:Roles:{unknown.Key} names no role: there are reader, writer and admin."
            : configuration.GetSection($"{Section}:Roles").Exists() && provider.Roles.Count == 0
                ? $"{Section}:Roles gives no role to any value: name one, or leave the section out." : null;
    }

    /// <summary>The highest role that these values give; null where they give none.</summary>
    public Role? RoleOf(IEnumerable<string> values)
    {
        if (Roles.Count == 0) return Role.Reader;
        var given = values.ToHashSet(StringComparer.Ordinal);
        return Enum.GetValues<Role>().Reverse().Cast<Role?>()
            .FirstOrDefault(role => Roles.GetValueOrDefault(role!.Value)?.Any(given.Contains) == true);
    }

    private static string[] ValuesOf(IConfigurationSection section) =>
        section.Value is { Length: > 0 } one ? [one]
            : [.. section.GetChildren().Select(static child => child.Value).OfType<string>().Where(static value => value.Length > 0)];
}
