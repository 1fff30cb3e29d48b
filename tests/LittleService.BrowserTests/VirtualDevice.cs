using Microsoft.Playwright;

namespace LittleService.BrowserTests;

/// <summary>A device of the page that holds passkeys and says yes to every request, as its owner would.</summary>
internal sealed class VirtualDevice : IAsyncDisposable
{
    private readonly ICDPSession _devtools;
    private readonly string _id;

    private VirtualDevice(ICDPSession devtools, string id) => (_devtools, _id) = (devtools, id);

    public static async Task<VirtualDevice> AddAsync(IPage page)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        var added = await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return new(devtools, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>From now on its owner is not recognised.</summary>
    public Task RefuseAsync() =>
        _devtools.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = _id, ["isUserVerified"] = false });

    public async ValueTask DisposeAsync() => await _devtools.DetachAsync();
}
