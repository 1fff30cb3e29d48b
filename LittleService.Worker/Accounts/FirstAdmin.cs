using LittleService.Data.Accounts;

namespace LittleService.Worker.Accounts;

/// <summary>The account that all others begin with: "admin", with the password of the setting, where there is no admin yet.</summary>
public sealed partial class FirstAdmin(AccountStore accounts, IConfiguration configuration, ILogger<FirstAdmin> log)
{
    private const string Setting = "Accounts:AdminPassword";

    /// <summary>Why the service must not start with this password, in one sentence; null in Development, or where it is fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment()) return null;
        if (configuration[Setting] is not { Length: > 0 } password)
            return $"The worker does not start without {Setting}, the password that the account admin begins with.";
        return Passwords.ProblemOf(password, "admin") is { } reason
            ? $"The worker does not start with this {Setting}: {char.ToLowerInvariant(reason[0])}{reason[1..]}" : null;
    }

    public async Task AddAsync(CancellationToken cancellationToken)
    {
        if (configuration[Setting] is not { Length: > 0 } password) LogMissing();
        else if (await accounts.AddFirstAdminAsync(password, cancellationToken)) LogAdded();
    }

    [LoggerMessage(LogLevel.Warning, "There is no account to log in with unless there was one before: Accounts:AdminPassword is not set.")]
    private partial void LogMissing();

    [LoggerMessage(LogLevel.Information, "The account admin was added; its password is that of Accounts:AdminPassword.")]
    private partial void LogAdded();
}
