using System.Drawing;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;
using QRCoder;

namespace LittleService.Api.Accounts;

public sealed partial class SecondFactorPage
{
    private string[]? _recoveryCodes;
    private string _key = "";

    [Inject]
    public required AccountStore Store { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _key = Totp.Read(Form?.Key) is null ? Users.GenerateNewAuthenticatorKey() : Form!.Key!;
    }

    private async Task TurnOnAsync()
    {
        // The password first: its check is slow and throttled, so codes cannot be guessed here.
        if (Account.SecondFactor || !await ProveAsync()) return;
        if (Totp.Match(Totp.Read(_key)!, Form!.Code, Time.GetUtcNow()) is not { } step || step <= Account.TotpStep)
        {
            Refuse("This is not the code of the secret now. Is the clock of your device right?");
            return;
        }

        await Store.SetAuthenticatorKeyAsync(Account, _key, Http.RequestAborted);
        Account.TotpStep = step;
        await SaveCodesAsync("The second factor is on.");
    }

    private async Task RenewCodesAsync()
    {
        if (await ProveAsync()) await SaveCodesAsync("The recovery codes of before are void.");
    }

    private async Task SaveCodesAsync(string done)
    {
        var codes = RecoveryCodes.Create();
        await Store.ReplaceCodesAsync(Account, codes, Http.RequestAborted);
        if (await FinishAsync(await Users.UpdateSecurityStampAsync(Account), done)) _recoveryCodes = codes;
    }

    private async Task TurnOffAsync()
    {
        if (await ProveAsync())
            await FinishAsync(await Users.SetTwoFactorEnabledAsync(Account, enabled: false), "The second factor is off.");
    }

    private MarkupString QrCode()
    {
        using var data = QRCodeGenerator.GenerateQrCode(Totp.Address(Account.Name, _key), QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return new(code.GetGraphic(1, Color.Black, Color.White, drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }
}
