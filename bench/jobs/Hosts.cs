using System.Diagnostics;
using System.Diagnostics.Metrics;
using LittleService.Jobs;
using Microsoft.Extensions.Hosting;

namespace LittleService.JobsBench;

internal static class Hosts
{
    public static IHost AddClient(this HostApplicationBuilder builder)
    {
        builder.AddJobs();
        return Listened(builder.Build());
    }

    public static IHost AddWorker(this HostApplicationBuilder builder)
    {
        builder.AddJobWorker();
        builder.Services.AddJob<Noop, NoopHandler>();
        builder.Services.AddJob<Effect, EffectHandler>();
        return Listened(builder.Build());
    }

    // Metrics are collected as an exporter would; spans where TRACES=1.
    private static IHost Listened(IHost host)
    {
        var sums = new double[8];
        var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "LittleService.Jobs")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) => sums[tags.Length] += value);
        meters.SetMeasurementEventCallback<double>((_, value, tags, _) => sums[tags.Length] += value);
        meters.Start();
        if (Environment.GetEnvironmentVariable("TRACES") == "1")
        {
            ActivitySource.AddActivityListener(new()
            {
                ShouldListenTo = static source => source.Name == "LittleService.Jobs",
                Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            });
        }

        return host;
    }
}
