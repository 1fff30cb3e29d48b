using System.Net.Http.Json;
using System.Text;

namespace LittleService.FunctionalTests.Items;

/// <summary>What a client sees of an item; its own copy, so that a renamed field is noticed.</summary>
internal sealed record ItemView(Guid Id, string Name, int Quantity, string Description, DateTimeOffset DateAdded, bool Searchable);

internal sealed record ItemPageView(ItemView[] Items, string? Next);

internal static class ItemClient
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ItemView> AddAsync(this HttpClient api, string name, int quantity = 1, string description = "")
    {
        using var answer = await api.PostAsJsonAsync("/api/items", new { name, quantity, description }, Stop);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<ItemView>(Stop))!;
    }

    public static async Task<ItemPageView> ListAsync(this HttpClient api, int limit, string? cursor = null) =>
        (await api.GetFromJsonAsync<ItemPageView>($"/api/items?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", Stop))!;

    public static async Task<HttpResponseMessage> PostRawAsync(this HttpClient api, byte[] body, string contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return await api.PostAsync("/api/items", content, Stop);
    }

    public static Task<HttpResponseMessage> PostRawAsync(this HttpClient api, string body, string contentType = "application/json") =>
        api.PostRawAsync(Encoding.UTF8.GetBytes(body), contentType);
}
