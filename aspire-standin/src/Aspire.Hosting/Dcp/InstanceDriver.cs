using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>Starts and stops instances in DCP, and passes on what DCP says of them.</summary>
internal sealed partial class InstanceDriver(
    DcpClient client, SpecFactory specs, ResourceNotificationService notifications, IReadOnlyList<Instance> instances, ILogger<InstanceDriver> logger)
{
    private readonly Dictionary<string, Instance> _byId = instances.ToDictionary(i => i.Id);
    private readonly ConcurrentDictionary<string, EndpointSpec> _endpoints = new();

    public Instance? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Creates the instance in DCP; an earlier object of that name, which has ended, is deleted first.</summary>
    public async Task StartAsync(Instance instance, CancellationToken cancellationToken)
    {
        if (instance.Life.Created.Task.IsCompleted)
        {
            await client.DeleteAsync(instance.Plural, instance.Id, cancellationToken);
            var ended = instance.Life;
            instance.Life = new DcpLife();
            ended.Deleted.TrySetResult();
        }
        var wanted = await specs.CreateAsync(instance, cancellationToken);
        (instance.Environment, instance.StopRequested) = (wanted.Spec.Env, false);
        await client.CreateAsync(instance.Plural, wanted, cancellationToken);
        instance.Life.Created.TrySetResult();
    }

    /// <summary>Asks the instance to stop; done when it has ended.</summary>
    public async Task StopAsync(Instance instance, CancellationToken cancellationToken)
    {
        instance.StopRequested = true;
        if (!instance.Life.Created.Task.IsCompleted) return;
        await client.StopAsync(instance.Plural, instance.Id, cancellationToken);
        while (await client.GetAsync<InstanceSpec>(instance.Plural, instance.Id, cancellationToken) is { Status.FinishTimestamp: null, Status.State: var state }
            && !KnownResourceStates.TerminalStates.Contains(state ?? ""))
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
    }

    /// <summary>Passes on every change until cancelled.</summary>
    public Task WatchAsync(CancellationToken cancellationToken) => Task.WhenAll(
        WatchAsync<InstanceSpec>("executables", ApplyAsync, cancellationToken),
        WatchAsync<EndpointSpec>("endpoints", ApplyEndpointAsync, cancellationToken),
        instances.Any(i => i.Resource is ContainerResource) ? WatchAsync<InstanceSpec>("containers", ApplyAsync, cancellationToken) : Task.CompletedTask);

    /// <summary>Where each replica behind a service listens itself.</summary>
    public IReadOnlyList<EndpointSpec> Behind(string service) => [.. _endpoints.Values.Where(e => e.ServiceName == service)];

    /// <summary>What an instance writes, through all its restarts; or, where it is not followed, what it wrote since its last start.</summary>
    public async IAsyncEnumerable<LogLine> ReadLogAsync(string id, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Find(id) is not { } instance) yield break;
        while (true)
        {
            var life = instance.Life;
            if (!follow && !life.Created.Task.IsCompleted) yield break;
            await life.Created.Task.WaitAsync(cancellationToken);
            var lines = Channel.CreateBounded<LogLine>(1000);
            var reading = Task.WhenAll(
                PumpAsync(instance, "stdout", isError: false, follow, lines.Writer, cancellationToken),
                PumpAsync(instance, "stderr", isError: true, follow, lines.Writer, cancellationToken))
                .ContinueWith(_ => lines.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken)) yield return line;
            await reading;
            if (!follow) yield break;
            await life.Deleted.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The last line an instance wrote, without its time, to go into a sentence about its end.</summary>
    public async Task<string?> LastWordsAsync(Instance instance, CancellationToken cancellationToken)
    {
        foreach (var source in (string[])["stderr", "stdout"])
        {
            var lines = new List<string>();
            await foreach (var line in client.LogAsync(instance.Plural, instance.Id, source, "tail=20", cancellationToken)) lines.Add(line);
            if (lines.Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim()).LastOrDefault(l => l.Length > 0) is { } last) return last;
        }
        return null;
    }

    private async Task WatchAsync<TSpec>(string plural, Func<DcpChange<TSpec>, Task> apply, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in client.WatchAsync<TSpec>(plural, cancellationToken)) await apply(change);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or DcpRefusedException)
            {
                LogWatchBroken(plural, e.Message);
            }
            // A watch ends now and then; the next begins with all there is.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ApplyAsync(DcpChange<InstanceSpec> change)
    {
        if (change.Type == "DELETED" || Find(change.Object.Metadata.Name) is not { } instance) return;
        CustomResourceSnapshot? before = null, after = null;
        await notifications.PublishUpdateAsync(instance.Resource, instance.Id, previous => after = SnapshotFactory.Apply(before = previous, instance, change.Object));
        var ended = ResourceNotificationService.HasEnded(after!) && before!.State?.Text != after!.State?.Text;
        if (ended && after!.ExitCode is not 0) LogEnded(instance.Resource.Name, ResourceNotificationService.Fate(after), change.Object.Status?.Message ?? "");
    }

    private Task ApplyEndpointAsync(DcpChange<EndpointSpec> change)
    {
        if (change.Type == "DELETED") _endpoints.TryRemove(change.Object.Metadata.Name, out _);
        else _endpoints[change.Object.Metadata.Name] = change.Object.Spec;
        return Task.CompletedTask;
    }

    private async Task PumpAsync(
        Instance instance, string source, bool isError, bool follow, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in client.LogAsync(instance.Plural, instance.Id, source, follow ? "follow=true" : "", cancellationToken))
                await lines.WriteAsync(new LogLine(0, line, isError), cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or DcpRefusedException)
        {
            // The reader went away, or the object did: the next one is read when it comes.
        }
    }

    [LoggerMessage(LogLevel.Error, "Resource '{Name}' {Fate}. {Message}")]
    private partial void LogEnded(string name, string fate, string message);

    [LoggerMessage(LogLevel.Debug, "The watch of {Plural} broke: {Reason}")]
    private partial void LogWatchBroken(string plural, string reason);
}
