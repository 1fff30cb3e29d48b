using LittleService.Data.Imports;
using LittleService.Jobs;

namespace LittleService.Worker.Imports;

public static class ImportsWorker
{
    private const string EveryHour = "17 * * * *";

    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddImportStores();
        builder.Services.AddJob<ImportItems, ImportItemsHandler>();
        builder.Services.AddJob<CleanImports, CleanImportsHandler>();
        builder.Services.AddSchedule("clean_imports", EveryHour, new CleanImports());
    }
}
