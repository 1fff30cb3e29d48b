namespace LittleService.Data.Migrations;

/// <summary>What a run of the migrator did.</summary>
/// <param name="Applied">The migrations this run applied, in order; empty when the schema was current.</param>
public sealed record MigrationReport(IReadOnlyList<Migration> Applied);
