using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace LittleService.FunctionalTests.Imports;

/// <summary>What a client sees of an import; its own copy, so that a renamed field is noticed.</summary>
internal sealed record ImportView(
    Guid Id, string Mode, string State, double Progress, int RowsAdded, int RowsRefused, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Reason,
    Guid? JobId, ImportErrorView[] Errors);

internal sealed record ImportPageView(ImportView[] Items, string? Next);

internal sealed record ImportErrorView(int Line, string Reason);

internal static class ImportClient
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> PostCsvAsync(this HttpClient api, HttpContent csv, string query = "", string? contentType = "text/csv")
    {
        using (csv)
        {
            csv.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/imports{query}") { Content = csv };
            request.Headers.ExpectContinue = true;
            return await api.SendAsync(request, Stop);
        }
    }

    public static Task<HttpResponseMessage> PostCsvAsync(this HttpClient api, string csv, string query = "", string? contentType = "text/csv") =>
        api.PostCsvAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), query, contentType);

    public static async Task<ImportView> ImportAsync(this HttpClient api, string csv, string mode = "row-by-row")
    {
        using var answer = await api.PostCsvAsync(csv, $"?mode={mode}");
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<ImportView>(Stop))!;
    }

    public static async Task<ImportView> GetImportAsync(this HttpClient api, Guid id) => (await api.GetFromJsonAsync<ImportView>($"/api/imports/{id}", Stop))!;

    public static async Task<ImportPageView> ListImportsAsync(this HttpClient api, string query) => (await api.GetFromJsonAsync<ImportPageView>($"/api/imports{query}", Stop))!;

    public static Task<ImportView> EndAsync(this HttpClient api, Guid id) => Eventually.SeeAsync(() => api.GetImportAsync(id), seen => seen.FinishedAt is not null);

    /// <summary>A file of rows that are named like this and counted from 0.</summary>
    public static string Rows(string name, int count) =>
        string.Join('\n', Enumerable.Range(0, count).Select(i => $"{name} {i},{i},Some words about it").Prepend("name,quantity,description"));
}
