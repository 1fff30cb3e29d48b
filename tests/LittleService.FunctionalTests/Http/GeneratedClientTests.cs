using System.Text;
using LittleService.Client;
using LittleService.Client.Api.Imports;
using LittleService.Client.Models;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace LittleService.FunctionalTests.Http;

/// <summary>The client that is made from docs/openapi.json does the whole life of what the API keeps.</summary>
public sealed class GeneratedClientTests : IClassFixture<Service>
{
    private readonly Service _service;
    private readonly ServiceClient _client;

    public GeneratedClientTests(Service service)
    {
        _service = service;
        _client = ClientOf(TestKeys.Of(Role.Writer));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LifeOfAnItem()
    {
        var added = (await _client.Api.Items.PostAsync(new() { Name = "Lamp", Quantity = 3, Description = "Green" }, cancellationToken: Stop))!;
        var listed = (await _client.Api.Items.GetAsync(list => list.QueryParameters.Limit = 100, Stop))!;
        Assert.Contains(listed.Items!, item => item.Id == added.Id);

        var changed = await _client.Api.Items[added.Id!.Value].PutAsync(
            new() { Name = "Torch", Quantity = 4, Description = "Red" }, request => request.Headers.Add("If-Match", "\"1\""), Stop);
        Assert.Equal(("Torch", 4, "Red"), (changed!.Name, changed.Quantity, changed.Description));

        var stale = await Assert.ThrowsAsync<ProblemDetails>(() => _client.Api.Items[added.Id.Value].PutAsync(
            new() { Name = "Torch", Quantity = 4, Description = "" }, request => request.Headers.Add("If-Match", "\"1\""), Stop));
        Assert.Equal(412, stale.ResponseStatusCode);
        var refused = await Assert.ThrowsAsync<HttpValidationProblemDetails>(() => _client.Api.Items.PostAsync(new() { Name = "", Quantity = -1 }, cancellationToken: Stop));
        Assert.Equal(["name", "quantity"], refused.Errors!.AdditionalData.Keys.Order());

        await _client.Api.Items[added.Id.Value].DeleteAsync(cancellationToken: Stop);
        var gone = await Assert.ThrowsAsync<ProblemDetails>(() => _client.Api.Items[added.Id.Value].GetAsync(cancellationToken: Stop));
        Assert.Equal(404, gone.ResponseStatusCode);
    }

    [Fact]
    public async Task LifeOfAnImport()
    {
        _ = _service.Worker;
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("name,quantity\nLamp,1\nTorch,x\n"));

        var import = (await _client.Api.Imports.PostAsync(file, request => request.QueryParameters.Mode = PostModeQueryParameterType.RowByRow, Stop))!;
        var ended = await Eventually.SeeAsync(() => _client.Api.Imports[import.Id!.Value].GetAsync(cancellationToken: Stop), seen => seen!.FinishedAt is not null);

        Assert.Equal((1, 1), (ended!.RowsAdded, ended.RowsRefused));
        Assert.Equal(3, Assert.Single(ended.Errors!).Line);
        Assert.Contains((await _client.Api.Imports.GetAsync(cancellationToken: Stop))!.Items!, listed => listed.Id == import.Id);
        var over = await Assert.ThrowsAsync<ProblemDetails>(() => _client.Api.Imports[import.Id!.Value].Cancel.PostAsync(cancellationToken: Stop));
        Assert.Equal(409, over.ResponseStatusCode);
    }

    [Fact]
    public async Task LifeOfAKey()
    {
        var made = (await _client.Api.Keys.PostAsync(new() { Name = "client", Role = NewApiKey_role.Reader, Days = 1 }, cancellationToken: Stop))!;
        Assert.Equal("writer", (await ClientOf(TestKeys.Of(Role.Writer)).Api.Session.GetAsync(cancellationToken: Stop))!.Role);
        Assert.Equal("reader", (await ClientOf(made.Key!).Api.Session.GetAsync(cancellationToken: Stop))!.Role);

        var rotated = (await _client.Api.Keys[made.Id!].Rotate.PostAsync(cancellationToken: Stop))!;
        await Assert.ThrowsAsync<ProblemDetails>(() => ClientOf(made.Key!).Api.Session.GetAsync(cancellationToken: Stop));
        await ClientOf(rotated.Key!).Api.Session.GetAsync(cancellationToken: Stop);

        await _client.Api.Keys[made.Id!].DeleteAsync(cancellationToken: Stop);
        Assert.DoesNotContain((await _client.Api.Keys.GetAsync(cancellationToken: Stop))!, key => key.Id == made.Id);
    }

    [Fact]
    public async Task LifeOfAWebhook()
    {
        var added = (await _client.Api.Webhooks.PostAsync(new() { Url = "https://example.org/hook", Events = [NewWebhook_events.ItemCreated] }, cancellationToken: Stop))!;

        Assert.NotEmpty(added.Secret!);
        Assert.Contains((await _client.Api.Webhooks.GetAsync(cancellationToken: Stop))!, webhook => webhook.Id == added.Id);
        await _client.Api.Webhooks[added.Id!.Value].Resume.PostAsync(cancellationToken: Stop);
        Assert.Null((await _client.Api.Webhooks[added.Id.Value].GetAsync(cancellationToken: Stop))!.PauseReason);
        await _client.Api.Webhooks[added.Id.Value].DeleteAsync(cancellationToken: Stop);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemDetails>(() => _client.Api.Webhooks[added.Id.Value].GetAsync(cancellationToken: Stop))).ResponseStatusCode);
    }

    [Fact]
    public async Task EventsAndTheirSums()
    {
        _ = _service.Worker;
        var name = Guid.NewGuid().ToString("N");

        var accepted = await ClientOf(null).Api.Events.PostAsync([new() { Name = name, Value = 2 }, new() { Name = name, Value = 3 }], cancellationToken: Stop);

        Assert.Equal(2, accepted!.Accepted);
        var sums = await Eventually.SeeAsync(
            () => ClientOf(null).Api.Stats.GetAsync(request => request.QueryParameters.Name = name, Stop), seen => seen!.Series![0].Total!.Count == 2);
        Assert.Equal(5, sums!.Series![0].Total!.Sum);
    }

    private ServiceClient ClientOf(string? key)
    {
        var http = new HttpClient { BaseAddress = _service.Client.BaseAddress };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new(new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = http.BaseAddress!.ToString().TrimEnd('/') });
    }
}
