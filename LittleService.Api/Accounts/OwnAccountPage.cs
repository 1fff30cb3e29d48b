using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>What the pages on which users change their own account have in common.</summary>
public abstract class OwnAccountPage : ComponentBase
{
    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [Inject]
    public required SignInManager<Account> SignIn { get; set; }

    [Inject]
    public required SignInAttempts Attempts { get; set; }

    [Inject]
    public required ProviderOptions Provider { get; set; }

    [SupplyParameterFromForm]
    protected OwnAccountForm? Form { get; set; }

    protected Account Account { get; private set; } = new();

    protected string? Message { get; private set; }

    protected bool Done { get; private set; }

    protected UserManager<Account> Users => SignIn.UserManager;

    protected override async Task OnInitializedAsync() =>
        Account = await Users.GetUserAsync(Http.User) ?? throw new SessionRefusedException();

    protected async Task<bool> ProveAsync()
    {
        var proof = await Attempts.ProveAsync(Http, Account, Form?.Password, Form?.Code);
        if (!proof.Succeeded) Message = proof.Refuse(Http.Response, SignInOutcome.Wrong);
        return proof.Succeeded;
    }

    /// <summary>Shows the outcome of a change that ended all sessions, and starts a new one here where it was saved.</summary>
    protected async Task<bool> FinishAsync(IdentityResult result, string done)
    {
        if (!result.Succeeded)
        {
            Refuse(result.Errors.First().Description);
            return false;
        }

        await SignIn.RefreshSignInAsync(Account);
        Say(done);
        return true;
    }

    protected void Say(string done) => (Message, Done) = (done, true);

    protected void Refuse(string message) => (Message, Http.Response.StatusCode) = (message, StatusCodes.Status400BadRequest);

    protected sealed class OwnAccountForm
    {
        public string? Password { get; set; }

        public string? Code { get; set; }

        public string? New { get; set; }

        public string? Key { get; set; }

        public string? Name { get; set; }

        public string? Role { get; set; }

        public string? Change { get; set; }
    }
}
