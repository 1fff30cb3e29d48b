using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.Jobs;

/// <summary>A kind that this worker can run.</summary>
internal abstract class JobRegistration(string kind, JobPolicy policy)
{
    public string Kind => kind;

    public JobPolicy Policy => policy;

    /// <summary>Reads the payload and hands it to the kind's handler.</summary>
    /// <exception cref="UnreadablePayloadException">The payload is not a job of this kind.</exception>
    public abstract Task RunAsync(
        IServiceProvider services, ReadOnlyMemory<byte> payload, JobContext context, CancellationToken cancellationToken);
}

/// <inheritdoc cref="JobRegistration"/>
internal sealed class JobRegistration<TJob>() : JobRegistration(TJob.Kind, TJob.Policy)
    where TJob : IJob
{
    public override Task RunAsync(
        IServiceProvider services, ReadOnlyMemory<byte> payload, JobContext context, CancellationToken cancellationToken) =>
        services.GetRequiredService<IJobHandler<TJob>>().HandleAsync(Read(payload.Span), context, cancellationToken);

    private static TJob Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize<TJob>(payload, JobJson.Options) ?? throw new UnreadablePayloadException("it is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new UnreadablePayloadException(e.Message);
        }
    }
}

/// <summary>A kind that this process knows.</summary>
internal sealed record JobKind(string Name);

/// <summary>What is stored is not a job of its kind.</summary>
internal sealed class UnreadablePayloadException(string reason) : Exception(reason);
