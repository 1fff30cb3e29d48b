using LittleService.Api.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

public sealed partial class PasskeysPage
{
    private IList<UserPasskeyInfo> _passkeys = [];

    /// <summary>What the browser made for the challenge, which was given to who proved to be the owner.</summary>
    [SupplyParameterFromForm]
    private string? Credential { get; set; }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        await LoadAsync();
    }

    private async Task LoadAsync() => _passkeys = await Users.GetPasskeysAsync(Account);

    private async Task AddAsync()
    {
        if (Form?.Name?.Trim() is not { Length: > 0 } name || !LineText.IsValid(name, 100))
            Refuse("A passkey has a name of 1 to 100 characters that can be seen, in one line.");
        else if (await AttestAsync() is not { } passkey) Refuse("The passkey was not added: its request is too old. Try again.");
        else
        {
            passkey.Name = name;
            await FinishAsync(await Users.AddOrUpdatePasskeyAsync(Account, passkey), "The passkey is added.");
            await LoadAsync();
        }
    }

    private async Task RemoveAsync(UserPasskeyInfo passkey)
    {
        if (!await ProveAsync()) return;
        // Sessions that it began end with it.
        var removed = await Users.RemovePasskeyAsync(Account, passkey.CredentialId);
        await FinishAsync(removed, "The passkey is removed, and all your other sessions are ended.");
        await LoadAsync();
    }

    private async Task<UserPasskeyInfo?> AttestAsync()
    {
        try
        {
            var made = await SignIn.PerformPasskeyAttestationAsync(Credential ?? "");
            return made.Succeeded && made.UserEntity.Id == Account.Id.ToString() ? made.Passkey : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // No challenge of ours came with it.
            return null;
        }
    }
}
