using LittleService.Data.Imports;
using LittleService.Jobs;

namespace LittleService.Worker.Imports;

public sealed class CleanImportsHandler(ImportRuns runs) : IJobHandler<CleanImports>
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestUpload = TimeSpan.FromDays(1);

    public Task HandleAsync(CleanImports job, JobContext context, CancellationToken cancellationToken) =>
        runs.CleanAsync(Keep, LongestUpload, cancellationToken);
}
