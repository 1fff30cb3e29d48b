using System.Globalization;
using System.Security.Claims;
using LittleService.Data.Accounts;

namespace LittleService.Api.Accounts;

/// <summary>A caller as ASP.NET Core knows it, and back.</summary>
public static class CallerClaims
{
    internal const string ToComplete = "to-complete";
    private const string KeyExpires = "key-expires";

    public static ClaimsPrincipal ToPrincipal(this Caller caller, string scheme)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, caller.AccountId.ToString()),
            new(ClaimTypes.Name, caller.Name),
            new(ClaimTypes.Role, caller.Role.Text()),
            new(Sessions.Stamp, caller.Stamp),
        ];
        if (caller.KeyExpires is { } expires) claims.Add(new(KeyExpires, expires.ToString("O", CultureInfo.InvariantCulture)));
        return new(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Who is signed in. Only where a policy let nobody else through.</summary>
    public static Caller ToCaller(this ClaimsPrincipal user) => new(
        Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!),
        user.Identity!.Name!,
        Roles.Parse(user.FindFirstValue(ClaimTypes.Role)!),
        user.FindFirstValue(KeyExpires) is { } expires
            ? DateTime.Parse(expires, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) : null)
    {
        Stamp = user.FindFirstValue(Sessions.Stamp)!,
    };

    /// <summary>The page where the user has to complete the account before anything else; null where it is complete.</summary>
    public static string? PageToComplete(this ClaimsPrincipal user) => user.FindFirstValue(ToComplete);

    /// <summary>Whether the user signed in with a session rather than a key.</summary>
    public static bool HasSession(this ClaimsPrincipal user) => user.HasClaim(static claim => claim.Type == Sessions.Token);
}
