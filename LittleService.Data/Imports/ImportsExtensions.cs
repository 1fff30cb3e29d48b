using LittleService.Data.Items;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LittleService.Data.Imports;

public static class ImportsExtensions
{
    /// <summary>Adds the stores of imports, and the events that an import raises when it ends.</summary>
    public static IServiceCollection AddImportStores(this IServiceCollection services)
    {
        services.TryAddSingleton<ItemEvents>();
        return services.AddSingleton<ImportEnds>().AddSingleton<ImportStore>().AddSingleton<ImportRuns>();
    }
}
