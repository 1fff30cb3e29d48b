using Microsoft.Extensions.DependencyInjection;

namespace LittleService.Data.Items;

public static class ItemsExtensions
{
    /// <summary>Adds the stores of items.</summary>
    public static IServiceCollection AddItemStores(this IServiceCollection services) =>
        services.AddSingleton<ItemStore>().AddSingleton<ItemWriter>().AddSingleton<ItemEvents>();
}
