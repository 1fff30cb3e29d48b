using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Events;
using LittleService.FunctionalTests.Imports;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Deployment;

/// <summary>One of each thing that the service does, through an api and a worker that are connected in some other way than usual.</summary>
internal static class ServiceLife
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task LivesAsync(this Service service, params (string Key, string Value)[] settings)
    {
        var (api, worker) = (service.StartApi(settings), service.StartWorker(settings));
        foreach (var process in new[] { api, worker })
            await Eventually.SeeAsync(() => process.GetStringAsync("/health", Stop).ContinueWith(asked => asked.IsCompletedSuccessfully, TaskScheduler.Default), ready => ready);
        var writer = new HttpClient { BaseAddress = api.BaseAddress }.As(Role.Writer);
        var admin = new HttpClient { BaseAddress = api.BaseAddress }.As(Role.Admin);

        await VisitsAsync(api);
        await ItemsAsync(writer);
        var import = await writer.ImportAsync(ImportClient.Rows("Imported", 2500));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => api.AcceptedAsync(new { name = "lived", properties = new { i } })));
        Assert.Equal(("completed", 2500), (await writer.EndAsync(import.Id) is var ended ? ended.State : "", ended.RowsAdded));
        await service.IsCountedAsync("lived", 50);
        Assert.Contains("lived", await api.GetStringAsync("/stats", Stop), StringComparison.Ordinal);
        foreach (var page in new[] { "/admin/jobs", "/admin/schedules", "/admin/audit", "/admin/health" }) await admin.GetStringAsync(page, Stop);
        var (browser, name) = await service.SignInAsync(Role.Reader, api);
        Assert.Equal(name, await browser.NameAsync());
    }

    /// <summary>Waits until a process says this of what it depends on.</summary>
    public static async Task SaysOfItsHealthAsync(this HttpClient process, string said) => await Eventually.SeeAsync(
        async () =>
        {
            using var detail = await process.GetAsync("/health/detail", Stop);
            return await detail.Content.ReadAsStringAsync(Stop);
        },
        detail => detail.Contains(said, StringComparison.Ordinal));

    private static async Task VisitsAsync(HttpClient api)
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.GetStringAsync("/", Stop)));
        Assert.Contains(">41<", await api.GetStringAsync("/", Stop), StringComparison.Ordinal);
    }

    private static async Task ItemsAsync(HttpClient writer)
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => writer.AddAsync($"Lamp-{i}")));
        foreach (var item in added)
            await Eventually.SeeAsync(() => writer.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop), seen => seen!.Searchable);
        Assert.Equal("Lamp-39", Assert.Single((await writer.GetFromJsonAsync<ItemPageView>("/api/items?search=39", Stop))!.Items).Name);
        using var change = new HttpRequestMessage(HttpMethod.Put, $"/api/items/{added[0].Id}") { Content = JsonContent.Create(new { name = "Table", quantity = 2, description = "" }) };
        change.Headers.Add("If-Match", "*");
        using var changed = await writer.SendAsync(change, Stop);
        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync(Stop));
        using var deleted = await writer.DeleteAsync($"/api/items/{added[1].Id}", Stop);
        Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync(Stop));
    }
}
