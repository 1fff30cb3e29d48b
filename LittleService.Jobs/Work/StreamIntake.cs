using System.Text;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Logging;

namespace LittleService.Jobs.Work;

/// <summary>Turns stream entries into jobs that this worker holds.</summary>
internal sealed partial class StreamIntake(
    JobStreams streams, JobRegistry registry, JobClaims claims, DirectClaims direct, HeldJobs held, Completer completer,
    ILogger<StreamIntake> logger)
{
    /// <summary>Reads what was claimed from Postgres while Redis was away.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => direct.LoadAsync(cancellationToken);

    /// <summary>Takes the jobs of the entries; returns how many.</summary>
    public async Task<int> TakeAsync(List<JobStreamEntry> entries)
    {
        var (taken, uncertain) = (0, new List<(JobStreamEntry Entry, List<HeldJob> Jobs)>());
        foreach (var entry in entries)
        {
            if (Envelope.Read(entry.Body) is not { } envelope)
            {
                // Its rows are in Postgres, and are found there once the entry is gone.
                LogUnreadable(entry.Key, entry.Id);
                completer.Remove(entry);
                continue;
            }

            var queue = streams.Queue(entry.Key);
            var jobs = envelope.ConvertAll(job => Hold(job, entry, queue));
            if (JobStreamEntry.Time(entry.Id) <= direct.Until)
            {
                uncertain.Add((entry, jobs));
                continue;
            }

            held.Add(entry, jobs, JobSource.Stream);
            taken += jobs.Count;
        }

        return uncertain.Count > 0 ? taken + await TakeWhatIsLeftAsync(uncertain) : taken;
    }

    // Workers have claimed from Postgres since these entries were sent: what they left is taken the same way.
    private async Task<int> TakeWhatIsLeftAsync(List<(JobStreamEntry Entry, List<HeldJob> Jobs)> uncertain)
    {
        var left = await claims.NamedAsync([.. uncertain.SelectMany(taken => taken.Jobs)], CancellationToken.None);
        foreach (var (entry, _) in uncertain)
            completer.Remove(entry);
        held.Add(null, left, JobSource.Postgres);
        return left.Count;
    }

    private HeldJob Hold(EnvelopeJob job, JobStreamEntry entry, string queue)
    {
        var registration = registry.Find(job.Kind.Span);
        return new()
        {
            Id = job.Id,
            Token = job.Token,
            Queue = queue,
            Kind = registration?.Kind ?? Encoding.ASCII.GetString(job.Kind.Span),
            Registration = registration,
            Version = job.Version,
            Payload = job.Payload,
            Trace = job.Trace,
            Sensitive = job.Sensitive,
            Attempts = 0,
            DueAt = DateTimeOffset.FromUnixTimeMilliseconds(job.SentAt),
            Priority = (JobPriority)(entry.Key[^1] - '0'),
        };
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Entry {Id} of stream {Stream} is in no format this worker knows; its jobs will be claimed from Postgres")]
    private partial void LogUnreadable(string stream, string id);
}
