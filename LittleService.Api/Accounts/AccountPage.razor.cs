using System.Drawing;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;
using QRCoder;

namespace LittleService.Api.Accounts;

public sealed partial class AccountPage
{
    private bool _secondFactor;
    private int _recoveryCodesLeft;
    private string[]? _recoveryCodes;
    private string _secret = Totp.CreateSecret();
    private string? _message;
    private bool _done;

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromForm]
    private AccountForm? Form { get; set; }

    private Caller Caller => Http.User.ToCaller();

    protected override async Task OnInitializedAsync()
    {
        var account = await Accounts.FindAsync(Caller.Name, Http.RequestAborted);
        (_secondFactor, _recoveryCodesLeft) = (account?.TotpSecret is not null, account?.RecoveryCodes ?? 0);
        if (Totp.Read(Form?.Secret) is not null) _secret = Form!.Secret!;
    }

    private async Task ChangePasswordAsync()
    {
        if (Passwords.ProblemOf(Form?.New, Caller.Name) is { } problem) Refuse(problem);
        else if (await ProveAsync(Form?.Code))
        {
            await Accounts.SetPasswordAsync(Caller.Name, Caller.AccountId, Form!.New!, Http.RequestAborted);
            await Http.SignInAsync(Caller.AccountId);
            Say("Your password is changed, and all your other sessions are ended.");
        }
    }

    private async Task TurnOnAsync()
    {
        var secret = Totp.Read(Form?.Secret);
        // The password first: its check is slow and throttled, so codes cannot be guessed here.
        if (secret is null || !await ProveAsync(code: null)) return;
        if (!await Logins.UseCodeAsync(Caller.AccountId, secret, Form!.Code, Http.RequestAborted))
            Refuse("This is not the code of the secret now. Is the clock of your device right?");
        else
        {
            var codes = RecoveryCodes.Create();
            if (!await Accounts.TurnOnSecondFactorAsync(Caller.Name, Caller.AccountId, Logins.Protect(secret), codes, Http.RequestAborted))
                return;
            (_secondFactor, _recoveryCodes, _recoveryCodesLeft) = (true, codes, codes.Length);
            Say("The second factor is on.");
        }
    }

    private async Task TurnOffAsync()
    {
        if (!await ProveAsync(Form?.Code)) return;
        await Accounts.TurnOffSecondFactorAsync(Caller.Name, Caller.AccountId, Http.RequestAborted);
        _secondFactor = false;
        Say("The second factor is off.");
    }

    // A stolen session alone must not be enough to take over the account.
    private async Task<bool> ProveAsync(string? code)
    {
        var (account, wait) = await Logins.TryAsync(Http, Caller.Name, Form?.Password, code);
        if (wait is { } time) Refuse($"Too many attempts. Try again in {Math.Ceiling(time.TotalSeconds)} seconds.");
        else if (account is null) Refuse("The password or the code is wrong.");
        return account is not null;
    }

    private MarkupString QrCode()
    {
        using var data = QRCodeGenerator.GenerateQrCode(Totp.Address(Caller.Name, _secret), QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return new(code.GetGraphic(1, Color.Black, Color.White, drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }

    private void Refuse(string message) => (_message, Http.Response.StatusCode) = (message, StatusCodes.Status400BadRequest);

    private void Say(string message) => (_message, _done) = (message, true);

    private sealed class AccountForm
    {
        public string? Password { get; set; }

        public string? New { get; set; }

        public string? Code { get; set; }

        public string? Secret { get; set; }
    }
}
