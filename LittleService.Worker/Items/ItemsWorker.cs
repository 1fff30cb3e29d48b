using LittleService.Data.Items;
using LittleService.Jobs;

namespace LittleService.Worker.Items;

public static class ItemsWorker
{
    public static void AddItems(this WebApplicationBuilder builder) => builder.Services.AddJob<IndexItem, IndexItemHandler>();
}
