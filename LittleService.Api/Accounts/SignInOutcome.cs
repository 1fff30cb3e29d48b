using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>The outcome of a sign-in or of one step of it; the result reveals nothing about what was wrong.</summary>
/// <param name="Result">Of Identity.</param>
/// <param name="Wait">How long to wait before the next attempt.</param>
public sealed record SignInOutcome(SignInResult Result, TimeSpan? Wait)
{
    /// <summary>What is said of a proof that failed.</summary>
    public const string Wrong = "The password or the code is wrong.";

    public static readonly SignInOutcome Failed = new(SignInResult.Failed, Wait: null);

    public bool Succeeded => Result.Succeeded;

    /// <summary>Sets the status of the response; gives the message to show.</summary>
    public string Refuse(HttpResponse response, string wrong)
    {
        if (Wait is not { } wait)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return wrong;
        }

        var seconds = Math.Ceiling(wait.TotalSeconds);
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return $"Too many attempts. Try again in {seconds} seconds.";
    }
}
