using LittleService.Jobs.Storage;
using Microsoft.Extensions.Logging;

namespace LittleService.Jobs;

/// <summary>The tables of the queue. A host with migrations of its own gives <see cref="Migrations"/> to its migrator instead.</summary>
public sealed class JobSchema
{
    private readonly Migrator _migrator;

    internal JobSchema(JobDatabase database, ILogger<Migrator> logger) => _migrator = new(database.Source, logger, Migrations);

    /// <summary>The files that make them, in order.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.Embedded("jobs", typeof(JobSchema).Assembly);

    /// <summary>
    /// Creates or updates them; nothing is locked when they are current. Call it before the host starts.
    /// </summary>
    /// <exception cref="InvalidOperationException">A file was changed after it was applied.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => _migrator.MigrateAsync(cancellationToken);
}
