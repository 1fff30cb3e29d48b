using System.Diagnostics;
using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Data.Webhooks;

namespace LittleService.Data.Items;

/// <summary>What became of a change.</summary>
public enum ItemOutcome
{
    Done,
    Unknown,
    Stale,
    NotYours,
}

/// <summary>A change that is about to be committed.</summary>
/// <param name="What">One of <see cref="ItemEvents"/>.</param>
/// <param name="Item">The item as it is now, or was last.</param>
/// <param name="Entry">Who did it.</param>
/// <param name="Request">The request it came with, which its jobs belong to.</param>
internal sealed record PendingChange(string What, Item Item, AuditEntry Entry, Activity? Request)
{
    public static PendingChange Of(string what, Item item, Caller caller) =>
        new(what, item, new(caller.Name, what, item.Id.ToString(), what == ItemEvents.Deleted ? item.Name : null), Activity.Current);
}
