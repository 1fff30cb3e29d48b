using LittleService.Api.Accounts;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Jobs;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Admin;

/// <summary>
/// What the forms of the admin pages do. Each act leaves a row in the audit of jobs and leads back to its page, which says what was done.
/// </summary>
public static class AdminActions
{
    public static void AddAdmin(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Admin", "/admin", Role.Admin));
        builder.Services.AddSingleton<AuditLog>();
    }

    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/admin").RequireAuthorization(Policies.Admin).WithMetadata(new RequireAntiforgeryTokenAttribute())
            .ExcludeFromDescription();
        admin.MapPost("/jobs/{id:guid}/replay", ReplayOneAsync);
        admin.MapPost("/jobs/{id:guid}/cancel", CancelAsync);
        admin.MapPost("/queues/{queue:maxlength(64)}/pause", PauseAsync);
        admin.MapPost("/queues/{queue:maxlength(64)}/resume", ResumeAsync);
        admin.MapPost("/dead-letters/replay", ReplayAsync);
    }

    private static async Task<RedirectHttpResult> ReplayOneAsync(
        Guid id, JobAdmin jobs, HttpContext http, CancellationToken cancellationToken)
    {
        var count = await jobs.ReplayAsync(new() { Id = id, States = JobFilters.Replayable }, Actor(http), cancellationToken);
        return Back($"/admin/jobs/{id}?done=replayed&count={count}");
    }

    private static async Task<RedirectHttpResult> CancelAsync(
        Guid id, JobAdmin jobs, HttpContext http, CancellationToken cancellationToken) =>
        Back($"/admin/jobs/{id}?done={(await jobs.CancelAsync(id, Actor(http), cancellationToken) ? "cancelled" : "ended")}");

    private static async Task<RedirectHttpResult> PauseAsync(
        string queue, JobAdmin jobs, HttpContext http, CancellationToken cancellationToken)
    {
        await jobs.PauseAsync(queue, Actor(http), cancellationToken);
        return Back("/admin?done=paused");
    }

    private static async Task<RedirectHttpResult> ResumeAsync(
        string queue, JobAdmin jobs, HttpContext http, CancellationToken cancellationToken)
    {
        await jobs.ResumeAsync(queue, Actor(http), cancellationToken);
        return Back("/admin?done=resumed");
    }

    private static async Task<RedirectHttpResult> ReplayAsync(
        [FromForm] string? state, [FromForm] string? kind, [FromForm] DateTime? since, JobAdmin jobs,
        HttpContext http, CancellationToken cancellationToken)
    {
        var count = await jobs.ReplayAsync(JobFilters.Replay(state, kind, since), Actor(http), cancellationToken);
        return Back($"/admin/dead-letters?done=replayed&count={count}");
    }

    private static string Actor(HttpContext http) => http.User.Identity?.Name ?? "unknown";

    // What follows the form is read with GET: a reload of it does nothing again.
    private static RedirectHttpResult Back(string address) => TypedResults.LocalRedirect(address);
}
