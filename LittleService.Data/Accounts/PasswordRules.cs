using Microsoft.AspNetCore.Identity;

namespace LittleService.Data.Accounts;

/// <summary>The rules of <see cref="Passwords"/>, in place of Identity's own, which ask for kinds of characters.</summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) => Task.FromResult(
        Passwords.ProblemOf(password, user.Name) is { } problem
            ? IdentityResult.Failed(new IdentityError { Code = "PasswordRules", Description = problem }) : IdentityResult.Success);
}
