using LittleService.Jobs;

namespace LittleService.Data.Items;

/// <summary>Fills the search column of an item that was just added.</summary>
public sealed record IndexItem(Guid ItemId) : IJob
{
    public static string Kind => "index_item";
}
