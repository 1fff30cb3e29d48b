using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>The queue as a package: what is in it, and the example of its README beside nothing of this solution.</summary>
public sealed class PackageTests(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>, IAsyncLifetime
{
    private const string Name = "LittleService.Jobs";
    private readonly string _version = $"1.0.0-test{Guid.NewGuid():N}"[..20];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("package-");
    private readonly string _database = $"package_{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Root { get; } = Path.GetFullPath("../../..", Path.GetDirectoryName(Here())!);

    public async ValueTask InitializeAsync() => await database.ExecuteAsync($"CREATE DATABASE {_database}");

    public async ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        // Restoring put a copy beside those of all other packages.
        var kept = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", Name.ToLowerInvariant(), _version);
        if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
        await database.ExecuteAsync($"DROP DATABASE {_database} WITH (FORCE)");
    }

    [Fact]
    public async Task ExampleOfItsReadmeRunsAgainstThePackedFile()
    {
        await PackAsync();
        await WriteExampleAsync($"{Name}/README.md", "Microsoft.NET.Sdk", ("Microsoft.Extensions.Hosting", VersionOf("Microsoft.Extensions.Hosting.Abstractions")));
        await RunAsync("build", "-o", "out", "--nologo", "-v", "quiet");
        await using var source = NpgsqlDataSource.Create(Address);
        await using (var table = source.CreateCommand("CREATE TABLE welcomes (name text)")) await table.ExecuteNonQueryAsync(Stop);

        using var example = Start(["out/Example.dll"]);
        try
        {
            await Eventually.TrueAsync(async () =>
            {
                await using var welcomes = source.CreateCommand("SELECT count(*) FROM welcomes WHERE name = 'Ada'");
                return (long)(await welcomes.ExecuteScalarAsync(Stop))! == 1;
            });
        }
        finally
        {
            example.Kill(entireProcessTree: true);
        }

        Assert.Contains("Welcome, Ada!", await example.StandardOutput.ReadToEndAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceThatExistsTakesItWithEntityFramework()
    {
        await PackAsync();
        await WriteExampleAsync("docs/jobs-in-your-service.md", "Microsoft.NET.Sdk.Web", ("Npgsql.EntityFrameworkCore.PostgreSQL", VersionOf("Npgsql")));
        await RunAsync("build", "-o", "out", "--nologo", "-v", "quiet");
        await using var source = NpgsqlDataSource.Create(Address);
        await using (var table = source.CreateCommand("CREATE TABLE orders (id uuid PRIMARY KEY, customer text, receipt_sent_at timestamptz)")) await table.ExecuteNonQueryAsync(Stop);
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Ports.Free()}") };

        using var service = Start(["out/Example.dll", "--urls", $"{client.BaseAddress}"]);
        try
        {
            await Eventually.TrueAsync(async () => await HealthAsync(client) == "Healthy");
            using var added = await client.PostAsJsonAsync("/orders", new { customer = "Ada" }, Stop);
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
            await Eventually.TrueAsync(async () =>
            {
                await using var sent = source.CreateCommand("SELECT count(*) FROM orders WHERE customer = 'Ada' AND receipt_sent_at IS NOT NULL");
                return (long)(await sent.ExecuteScalarAsync(Stop))! == 1;
            });
        }
        finally
        {
            service.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task PackageHasAllThatIsExpectedOfOne()
    {
        await PackAsync();

        using var package = ZipFile.OpenRead(Path.Combine(_folder.FullName, $"{Name}.{_version}.nupkg"));
        var names = package.Entries.Select(entry => entry.FullName).ToList();
        foreach (var name in new[] { "README.md", "LICENSE", $"lib/net10.0/{Name}.dll", $"lib/net10.0/{Name}.xml" }) Assert.Contains(name, names);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, $"{Name}.{_version}.snupkg")));
        using var nuspec = await package.GetEntry($"{Name}.nuspec")!.OpenAsync(Stop);
        var text = (await XDocument.LoadAsync(nuspec, LoadOptions.None, Stop)).ToString();
        // Nothing of ASP.NET Core and nothing of this solution: a worker of any other service can take it.
        Assert.DoesNotContain("AspNetCore", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ServiceDefaults", text, StringComparison.Ordinal);
        Assert.DoesNotContain(typeof(JobClient).Assembly.GetReferencedAssemblies(), reference => reference.Name!.Contains("AspNetCore", StringComparison.Ordinal));
    }

    private string Address => new NpgsqlConnectionStringBuilder(database.Database) { Database = _database }.ConnectionString;

    private static string Here([CallerFilePath] string path = "") => path;

    private Task PackAsync() => RunAsync(
        "pack", Path.Combine(Root, Name), "--no-build", "-c", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        $"-p:Version={_version}", "-o", ".", "--nologo", "-v", "quiet");

    private static string VersionOf(string package) => XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
        .Single(version => (string?)version.Attribute("Include") == package).Attribute("Version")!.Value;

    private static async Task<string?> HealthAsync(HttpClient client)
    {
        try
        {
            return await client.GetStringAsync("/health", Stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // The first program of a page, with the package and one more.
    private async Task WriteExampleAsync(string page, string sdk, (string Name, string Version) package)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, page), Stop);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Program.cs"), text.Split("```csharp\n")[1].Split("```")[0], Stop);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Example.csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>$(MSBuildProjectDirectory)</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{Name}" Version="{_version}" />
                <PackageReference Include="{package.Name}" Version="{package.Version}" />
              </ItemGroup>
            </Project>
            """, Stop);
    }

    private async Task RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, said);
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["ConnectionStrings__db"] = Address;
        start.Environment["ConnectionStrings__redis"] = database.Redis;
        start.Environment["Jobs__KeyPrefix"] = _database;
        return Process.Start(start)!;
    }
}
