using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

public sealed partial class AccountsPage
{
    private List<Account> _accounts = [];
    private string? _password;
    private string? _error;

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromForm]
    private string? Name { get; set; }

    [SupplyParameterFromForm]
    private string? Role { get; set; }

    private string Who => Http.User.ToCaller().Name;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => _accounts = await Store.ListAsync(Http.RequestAborted);

    private async Task AddAsync()
    {
        var password = Passwords.Create();
        if (AccountName.Read(Name) is not { } name) Refuse(AccountName.Rule);
        else if (ReadRole() is not { } role) Refuse("There is no such role.");
        else
        {
            var account = new Account { Name = name, Role = role, CreatedAt = Time.GetUtcNow().UtcDateTime, ChangedBy = Who };
            account.PasswordTemporary = true;
            if (Show(await Users.CreateAsync(account, password))) _password = password;
        }

        await LoadAsync();
    }

    private Task SetRoleAsync(Account account) => ReadRole() is { } role
        ? ChangeAsync(account, account => account.Role = role) : Task.FromResult(Refuse("There is no such role."));

    private Task SetStateAsync(Account account) =>
        ChangeAsync(account, account => account.DisabledAt = account.Disabled ? null : Time.GetUtcNow().UtcDateTime);

    private async Task ChangeAsync(Account listed, Action<Account> change)
    {
        if (await FindAsync(listed) is not { } account) return;
        change(account);
        Show(await Users.UpdateAsync(account));
        await LoadAsync();
    }

    // For users who forgot the password or lost their authenticator, and for accounts that somebody else got hold of.
    private async Task ResetAsync(Account listed)
    {
        if (listed.Name == Who)
        {
            Refuse("Change your own password at /account: that takes the one you have.");
            return;
        }

        if (await FindAsync(listed) is not { } account) return;
        var password = Passwords.Create();
        account.PasswordTemporary = account.HasPassword;
        account.PasswordHash = account.HasPassword ? Users.PasswordHasher.HashPassword(account, password) : null;
        if (Show(await Store.ResetAsync(account, Http.RequestAborted)) && account.HasPassword) _password = password;
        await LoadAsync();
    }

    private async Task<Account?> FindAsync(Account listed)
    {
        var account = await Users.FindByIdAsync(listed.Id.ToString());
        if (account is not null) account.ChangedBy = Who;
        return account;
    }

    private static string State(Account account) => account.Disabled ? "Enable" : "Disable";

    private bool Show(IdentityResult result) => result.Succeeded || Refuse(result.Errors.First().Description);

    private Role? ReadRole() => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => role!.Value.Text() == Role);

    private bool Refuse(string error)
    {
        (_error, Http.Response.StatusCode) = (error, StatusCodes.Status400BadRequest);
        return false;
    }
}
