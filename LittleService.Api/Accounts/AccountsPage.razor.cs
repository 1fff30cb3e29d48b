using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;

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

    private CancellationToken Stop => Http.RequestAborted;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => _accounts = await Accounts.ListAsync(Stop);

    private async Task AddAsync()
    {
        var password = Passwords.Create();
        if (AccountName.Read(Name) is not { } name) Refuse(AccountName.Rule);
        else if (ReadRole() is not { } role) Refuse("There is no such role.");
        else if (!await Accounts.AddAsync(Who, name, role, password, Stop)) Refuse("There is an account of this name already.");
        else _password = password;
        await LoadAsync();
    }

    private async Task SetRoleAsync(Account account)
    {
        if (ReadRole() is not { } role) Refuse("There is no such role.");
        else if (!await Accounts.SetRoleAsync(Who, account.Id, role, Stop)) Refuse("The last admin stays one.");
        await LoadAsync();
    }

    // For users who forgot the password or lost their authenticator.
    private async Task ResetAsync(Account account)
    {
        var password = Passwords.Create();
        await Accounts.SetPasswordAsync(Who, account.Id, password, Stop);
        await Accounts.TurnOffSecondFactorAsync(Who, account.Id, Stop);
        _password = password;
        await LoadAsync();
    }

    private async Task SetStateAsync(Account account)
    {
        if (account.Disabled) await Accounts.EnableAsync(Who, account.Id, Stop);
        else if (!await Accounts.DisableAsync(Who, account.Id, Stop)) Refuse("The last admin cannot be disabled.");
        await LoadAsync();
    }

    private Role? ReadRole() => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => role!.Value.Text() == Role);

    private void Refuse(string message) => (_error, Http.Response.StatusCode) = (message, StatusCodes.Status400BadRequest);

    private static string State(Account account) => account.Disabled ? "Enable" : "Disable";
}
