using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace LittleService.FunctionalTests.Events;

/// <summary>Sends events and reads what became of them.</summary>
internal static class EventClient
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> SendAsync(this HttpClient api, string json, string query = "") =>
        api.PostAsync($"/api/events{query}", new StringContent(json, Encoding.UTF8, "application/json"), Stop);

    /// <summary>Sends events until they are accepted: an answer that was lost is asked for again, with the same ids.</summary>
    public static async Task AcceptedAsync(this HttpClient api, params object[] events)
    {
        await Eventually.SeeAsync(
            async () =>
            {
                using var answer = await api.PostAsJsonAsync("/api/events", events, Stop);
                return answer.StatusCode;
            },
            status => status == HttpStatusCode.Accepted);
    }

    /// <summary>How many events of a name the sums hold, at every grain alike.</summary>
    public static async Task<long> CountAsync(this Service service, string name)
    {
        await using var command = service.Database.CreateCommand(
            "select coalesce(min(total), 0)::bigint, coalesce(max(total), 0)::bigint from (select sum(count) total from event_stats where name = $1 group by grain) g");
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(Stop);
        await reader.ReadAsync(Stop);
        Assert.Equal(reader.GetInt64(0), reader.GetInt64(1));
        return reader.GetInt64(0);
    }

    /// <summary>Waits until a name has that many events, and sees that it stays at that.</summary>
    public static async Task IsCountedAsync(this Service service, string name, long count)
    {
        await Eventually.SeeAsync(() => service.CountAsync(name), seen => seen >= count);
        Assert.Equal(count, await service.CountAsync(name));
    }
}
