using Aspire.Hosting;

namespace AspireStandIn.Tests.Publishing;

/// <summary>The application whose manifest was recorded from the real packages.</summary>
internal sealed class SampleApplication : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aspire-standin-");

    public SampleApplication()
    {
        AddProject("Sample.Api", """{"profiles":{"http":{"commandName":"Project","applicationUrl":"http://localhost:5380"}}}""");
        AddProject("Sample.Worker", null);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>That of its app host: beside the projects.</summary>
    public string Folder => Path.Combine(_folder.FullName, "Sample.AppHost");

    public async Task RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, ProjectDirectory = Folder });
        var password = builder.AddParameter("pgpass", secret: true);
        var greeting = builder.AddParameter("greeting", "hello");
        var db = builder.AddPostgres("postgres", password: password).WithDataVolume("sample-pgdata").AddDatabase("db");
        var redis = builder.AddRedis("redis");
        var api = builder.AddProject("api", "../Sample.Api/Sample.Api.csproj")
            .WithReference(db).WithReference(redis).WithEnvironment("GREETING", greeting).WithExternalHttpEndpoints().WithReplicas(2);
        builder.AddProject("worker", "../Sample.Worker/Sample.Worker.csproj").WithReference(db).WithReference(redis).WithReference(api).WaitFor(api);
        await builder.Build().RunAsync(cancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void AddProject(string name, string? launchSettings)
    {
        var properties = Directory.CreateDirectory(Path.Combine(_folder.FullName, name, "Properties"));
        File.WriteAllText(Path.Combine(_folder.FullName, name, $"{name}.csproj"), "<Project />");
        if (launchSettings is not null)
            File.WriteAllText(Path.Combine(properties.FullName, "launchSettings.json"), launchSettings);
    }
}
