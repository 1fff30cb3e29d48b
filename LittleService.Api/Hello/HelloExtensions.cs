using LittleService.Data.Hello;

namespace LittleService.Api.Hello;

public static class HelloExtensions
{
    public static void AddHello(this WebApplicationBuilder builder) => builder.Services.AddSingleton<VisitCounter>();
}
