using LittleService.Data.Accounts;

namespace LittleService.Api.Layout;

/// <summary>A page that the navigation names; a feature adds its own, and they stand in the order in which they were added.</summary>
/// <param name="Text">What people read.</param>
/// <param name="Address">Where it leads.</param>
/// <param name="Least">Who is shown it. Who may open the page is decided by its policy: this only spares people links that would turn
/// them away. Null means everybody.</param>
public sealed record PageLink(string Text, string Address, Role? Least = null);
