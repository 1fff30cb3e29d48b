using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Worker.Accounts;

/// <summary>The account that all others begin with, by the name and the password of the settings, where there is no admin yet.</summary>
public sealed partial class FirstAdmin(
    IServiceScopeFactory scopes, TimeProvider time, IConfiguration configuration, ILogger<FirstAdmin> log)
{
    private const string Setting = "Accounts:AdminPassword";

    /// <summary>Why the service must not start with this password, in one sentence; null in Development, or where it is fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment() || !IsWanted(configuration)) return null;
        if (configuration[Setting] is not { Length: > 0 } password)
            return $"The worker does not start without {Setting}, the password of the first admin.";
        if (AccountName.Read(NameOf(configuration)) is not { } name)
            return $"The worker does not start with this Accounts:AdminName. {AccountName.Rule}";
        return Passwords.ProblemOf(password, name) is { } reason
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
        if (await HasAdminAsync(scope, cancellationToken)) return;
        if (AccountName.Read(NameOf(configuration)) is not { } name)
        {
            LogNotAdded(AccountName.Rule);
            return;
        }

        var admin = new Account { Name = name, Role = Role.Admin, CreatedAt = time.GetUtcNow().UtcDateTime, ChangedBy = "worker" };
        var added = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(admin, password);
        if (added.Succeeded) LogAdded(admin.Name);
        // Of several workers one succeeds: the others find its account.
        else if (!await HasAdminAsync(scope, cancellationToken)) LogNotAdded(added.Errors.First().Description);
    }

    private static async Task<bool> HasAdminAsync(AsyncServiceScope scope, CancellationToken cancellationToken)
    {
        var accounts = await scope.ServiceProvider.GetRequiredService<AccountStore>().ListAsync(cancellationToken);
        return accounts.Exists(static account => account.Role == Role.Admin);
    }

    private static string NameOf(IConfiguration configuration) =>
        configuration["Accounts:AdminName"] is { Length: > 0 } name ? name : "admin";

    // Where accounts of our own cannot sign in, the identity provider says who is an admin.
    private static bool IsWanted(IConfiguration configuration) => configuration.GetValue("Accounts:LocalSignIn", defaultValue: true);

    [LoggerMessage(LogLevel.Warning, "There is no account to sign in with unless there was one before: Accounts:AdminPassword is not set.")]
    private partial void LogMissing();

    [LoggerMessage(LogLevel.Error, "There is no admin, and the settings Accounts:AdminName and Accounts:AdminPassword add none: {Reason}")]
    private partial void LogNotAdded(string reason);

    [LoggerMessage(LogLevel.Information, "The account {Name} was added; its password is that of Accounts:AdminPassword.")]
    private partial void LogAdded(string name);
}
