using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace LittleService.ServiceDefaults;

internal static class PollSamplerExtensions
{
    // A sampler set in code would hide the one that the standard variable names.
    public static TracerProviderBuilder WithoutPolls(this TracerProviderBuilder tracing, IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"])
            ? tracing.SetSampler(new ParentBasedSampler(new PollSampler())) : tracing;
}

/// <summary>
/// Leaves out calls that belong to no request and no job: the worker asks Postgres several times a second whether there is work, and each
/// question would be a trace of its own. Everything else is sampled.
/// </summary>
internal sealed class PollSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
