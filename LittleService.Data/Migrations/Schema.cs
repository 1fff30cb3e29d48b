using LittleService.Jobs;
using LittleService.Jobs.Storage;

namespace LittleService.Data.Migrations;

/// <summary>The tables of this service.</summary>
public static class Schema
{
    /// <summary>The files that make them, in the order in which they are applied.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
        [.. JobSchema.Migrations, .. Migration.Embedded("data", typeof(Schema).Assembly)];
}
