using LittleService.Jobs.Storage;
using Microsoft.Extensions.Logging.Console;

namespace LittleService.Worker;

/// <summary>The step of a deployment pipeline: applies pending migrations, prints their names, and exits.</summary>
public static class MigrateVerb
{
    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        // What was applied is said below, line by line; in the log only what went wrong.
        builder.Logging.AddFilter<ConsoleLoggerProvider>(category: null, LogLevel.Warning);
        await using var app = builder.Build();
        try
        {
            var applied = await app.Services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
            foreach (var migration in applied) Console.WriteLine($"applied {migration}");
            if (applied.Count == 0) Console.WriteLine("nothing to apply, the schema is current");
            return 0;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"The database was not migrated: {exception.Message}");
            return 1;
        }
    }
}
