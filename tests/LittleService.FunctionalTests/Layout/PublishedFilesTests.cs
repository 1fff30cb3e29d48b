using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace LittleService.FunctionalTests.Layout;

/// <summary>Static files as they are deployed: published, and served by a process of their own.</summary>
public sealed partial class PublishedFilesTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FilesAreFingerprintedCompressedAndImmutable()
    {
        var folder = Directory.CreateTempSubdirectory("littleservice-published-").FullName;
        try
        {
            await PublishAsync(folder);
            using var api = StartApi(folder);
            try
            {
                using var client = new HttpClient { BaseAddress = await AddressAsync(api) };
                await CheckAsync(client);
            }
            finally
            {
                api.Kill();
                await api.WaitForExitAsync(Stop);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CheckAsync(HttpClient client)
    {
        var link = Stylesheet().Match(await client.GetStringAsync("/", Stop)).Groups[1].Value;
        foreach (var encoding in new[] { "br", "gzip" })
        {
            using var answer = await GetAsync(client, link, encoding);
            Assert.Equal(encoding, Assert.Single(answer.Content.Headers.ContentEncoding));
            Assert.Equal("max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        }

        using var plain = await GetAsync(client, link, "identity");
        Assert.Contains("--accent", await plain.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { IfNoneMatch = { plain.Headers.ETag! } } };
        using var unchanged = await client.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue(encoding) } } };
        return await client.SendAsync(request, Stop);
    }

    // What was built for the tests is published, so that nothing is compiled here.
    private static async Task PublishAsync(string folder)
    {
        var (root, configuration) = (Root(), AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug");
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", "LittleService.Api", "--no-build", "-c", configuration, "-o", folder, "-nologo", "-v:q"])
        { WorkingDirectory = root, RedirectStandardOutput = true })!;
        var said = await publish.StandardOutput.ReadToEndAsync(Stop);
        await publish.WaitForExitAsync(Stop);
        Assert.True(publish.ExitCode == 0, said);
    }

    private Process StartApi(string folder)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "LittleService.Api.dll")]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (var (key, value) in service.Settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process api)
    {
        while (await api.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            if (line.Split("listening on: ") is [_, var address]) return new(address);
        }
        throw new InvalidOperationException("The published api did not start.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LittleService.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("href=\"(/site\\.[a-z0-9]+\\.css)\"")]
    private static partial Regex Stylesheet();
}
