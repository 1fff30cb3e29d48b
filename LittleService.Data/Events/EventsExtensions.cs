using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LittleService.Data.Events;

public static class EventsExtensions
{
    /// <summary>Adds the stream of events and its settings.</summary>
    public static IHostApplicationBuilder AddEventLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<EventOptions>().BindConfiguration("Events");
        builder.Services.AddSingleton<EventLog>();
        return builder;
    }
}
