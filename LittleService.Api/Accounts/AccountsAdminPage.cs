using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>
/// What the pages on which admins change the accounts of others have in common. Each change takes a proof of the admin, where the admin
/// has a password here: an account that somebody adds or raises with a stolen session would outlive the session.
/// </summary>
public abstract class AccountsAdminPage : OwnAccountPage
{
    [Inject]
    public required AccountStore Store { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    /// <summary>The password that was made, to be shown this once.</summary>
    protected string? Password { get; set; }

    protected new async Task<bool> ProveAsync() => !Account.HasPassword || await base.ProveAsync();

    protected Role? ReadRole() => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => role!.Value.Text() == Form?.Role);

    protected bool Show(IdentityResult result, string done)
    {
        if (result.Succeeded) Say(done);
        else Refuse(result.Errors.First().Description);
        return result.Succeeded;
    }
}
