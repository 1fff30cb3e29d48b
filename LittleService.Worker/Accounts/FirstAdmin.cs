using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Worker.Accounts;

/// <summary>The account that all others begin with: "admin", with the password of the setting, where there is no admin yet.</summary>
public sealed partial class FirstAdmin(
    IServiceScopeFactory scopes, TimeProvider time, IConfiguration configuration, ILogger<FirstAdmin> log)
{
    private const string Setting = "Accounts:AdminPassword";

    /// <summary>Why the service must not start with this password, in one sentence; null in Development, or where it is fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment() || !IsWanted(configuration)) return null;
        if (configuration[Setting] is not { Length: > 0 } password)
            return $"The worker does not start without {Setting}, the password that the account admin begins with.";
        return Passwords.ProblemOf(password, "admin") is { } reason
            ? $"The worker does not start with this {Setting}: {char.ToLowerInvariant(reason[0])}{reason[1..]}" : null;
    }

    public async Task AddAsync(CancellationToken cancellationToken)
    {
        if (!IsWanted(configuration)) return;
        if (configuration[Setting] is not { Length: > 0 } password)
        {
            LogMissing();
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var accounts = await scope.ServiceProvider.GetRequiredService<AccountStore>().ListAsync(cancellationToken);
        if (accounts.Exists(static account => account.Role == Role.Admin)) return;
        var admin = new Account { Name = "admin", Role = Role.Admin, CreatedAt = time.GetUtcNow().UtcDateTime, ChangedBy = "worker" };
        // Of several workers one succeeds: the others find the name taken.
        var added = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(admin, password);
        if (added.Succeeded) LogAdded();
    }

    // Where accounts of our own cannot sign in, the identity provider says who is an admin.
    private static bool IsWanted(IConfiguration configuration) => configuration.GetValue("Accounts:LocalSignIn", defaultValue: true);

    [LoggerMessage(LogLevel.Warning, "There is no account to sign in with unless there was one before: Accounts:AdminPassword is not set.")]
    private partial void LogMissing();

    [LoggerMessage(LogLevel.Information, "The account admin was added; its password is that of Accounts:AdminPassword.")]
    private partial void LogAdded();
}
