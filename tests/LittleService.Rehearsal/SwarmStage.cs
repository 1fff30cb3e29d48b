using System.Diagnostics;

namespace LittleService.Rehearsal;

/// <summary>Published images in a stack of Swarm, by the files in deploy/.</summary>
internal sealed class SwarmStage(string registry, string files) : IStage
{
    private const string Stack = "rehearsal";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("littleservice-secrets-");
    private readonly TlsCertificate _certificate = TlsCertificate.Create();
    private readonly string _password = Guid.NewGuid().ToString("N");
    private readonly string _revision = Guid.NewGuid().ToString("N")[..10];
    private int _apis = 2;
    private int _workers = 1;

    public string Name => "swarm";

    public string Description => "2 apis and 1 worker as containers of one machine, and the proxy of `deploy/haproxy.cfg` with TLS and HTTP/2, which "
        + "sends again what was refused, and a GET that was closed without a response; Postgres and Redis as containers";

    public Uri Address { get; } = new($"https://localhost:{Ports.Free()}");

    public string CertificateHash => _certificate.Hash;

    public async Task StartAsync(Release release)
    {
        await WriteSecretsAsync();
        await DeployAsync(release, migrate: true);
    }

    // The stack's own job migrates; a version that is older than the schema has nothing to do.
    public async Task DeployAsync(Release release, bool migrate)
    {
        await Docker.RunAsync(Variables(release), "stack", "deploy", "--prune", "--compose-file", Path.Combine(files, "compose.yaml"),
            "--compose-file", Path.Combine(files, "compose.swarm.yaml"), Stack);
        await UpdatedAsync("worker", Image(release, "worker"));
        await UpdatedAsync("api", Image(release, "api"));
        await AreHealthyAsync();
    }

    public async Task RestartAsync()
    {
        await Docker.RunAsync("service", "update", "--quiet", "--force", $"{Stack}_worker");
        await Docker.RunAsync("service", "update", "--quiet", "--force", $"{Stack}_api");
    }

    public async Task ScaleAsync(int apis, int workers)
    {
        (_apis, _workers) = (apis, workers);
        await Docker.RunAsync("service", "scale", $"{Stack}_api={apis}", $"{Stack}_worker={workers}");
        await AreHealthyAsync();
    }

    public async Task<string> TryBadAsync()
    {
        // Secrets win over variables: this api looks for them elsewhere.
        string[] bad =
        [
            "--env-add", "Secrets__Directory=/tmp", "--env-add", "ConnectionStrings__redis=redis:6379",
            "--env-add", "ConnectionStrings__db=Host=127.0.0.1;Port=1;Username=nobody;Database=nothing",
        ];
        var before = await HealthyAsync("api");
        // The client ends with 0 after a rollback too.
        await Docker.RunAsync(["service", "update", "--quiet", .. bad, $"{Stack}_api"]);
        await AreHealthyAsync();
        var state = await Docker.RunAsync("service", "inspect", "--format", "{{.UpdateStatus.State}}", $"{Stack}_api");
        if (state != "rollback_completed") throw new InvalidOperationException($"The bad release was not rolled back: {state}.");
        return $"never healthy, {state.Replace('_', ' ')}; {before.Intersect(await HealthyAsync("api")).Count()} of 2 apis are those of before";
    }

    public async Task KillAsync()
    {
        foreach (var service in (string[])["api", "worker"])
        {
            var killed = (await HealthyAsync(service))[0];
            await Docker.RunAsync("kill", "--signal", "KILL", killed);
            await SeeAsync(async () => !(await HealthyAsync(service)).Contains(killed));
            await AreHealthyAsync();
        }
    }

    public async Task RestartPostgresAsync()
    {
        await Docker.RunAsync("service", "update", "--quiet", "--force", $"{Stack}_postgres");
        await AreHealthyAsync();
    }

    public async Task<DrainOrder> SeeDrainAsync()
    {
        var proxy = (await Docker.LinesAsync("ps", "--quiet", "--filter", LabelOf("proxy")))[0];
        var order = await SwarmDrain.SeeAsync((await HealthyAsync("api"))[0], proxy);
        await AreHealthyAsync();
        return order;
    }

    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        var postgres = (await HealthyAsync("postgres"))[0];
        return await Docker.LinesAsync("exec", "--env", $"PGPASSWORD={_password}", postgres,
            "psql", "-h", "127.0.0.1", "-U", "postgres", "-d", "db", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql);
    }

    public async ValueTask DisposeAsync()
    {
        await Docker.RunAsync("stack", "rm", Stack);
        await SeeAsync(static async () => (await Docker.LinesAsync("ps", "--quiet", "--all", "--filter", $"label=com.docker.stack.namespace={Stack}")).Length == 0
            && (await Docker.LinesAsync("network", "ls", "--quiet", "--filter", $"label=com.docker.stack.namespace={Stack}")).Length == 0);
        await Docker.RunAsync("volume", "rm", $"{Stack}_postgres", $"{Stack}_redis");
        _secrets.Delete(recursive: true);
    }

    private static string LabelOf(string service) => $"label=com.docker.swarm.service.name={Stack}_{service}";

    private static Task<string[]> HealthyAsync(string service) =>
        Docker.LinesAsync("ps", "--quiet", "--filter", LabelOf(service), "--filter", "health=healthy");

    private static async Task SeeAsync(Func<Task<bool>> isSo)
    {
        for (var started = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(200))
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new InvalidOperationException("The stack does not become what it should be.");
    }

    private static Task UpdatedAsync(string service, string image) => SeeAsync(async () =>
    {
        var state = await Docker.RunAsync("service", "inspect", "--format", "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}", $"{Stack}_{service}");
        if (state.StartsWith("rollback", StringComparison.Ordinal)) throw new InvalidOperationException($"The update of {service} was rolled back.");
        var images = await Docker.LinesAsync("service", "ps", "--filter", "desired-state=running", "--format", "{{.Image}}", $"{Stack}_{service}");
        return state is "" or "completed" && images.All(one => one.StartsWith(image, StringComparison.Ordinal));
    });

    private string Image(Release release, string name) => $"{registry}/littleservice/{name}:{release.Source}";

    private Task AreHealthyAsync() => SeeAsync(async () => (await HealthyAsync("api")).Length == _apis && (await HealthyAsync("worker")).Length == _workers);

    private Dictionary<string, string> Variables(Release release) => new()
    {
        ["API_IMAGE"] = Image(release, "api"),
        ["WORKER_IMAGE"] = Image(release, "worker"),
        ["SECRETS"] = _secrets.FullName,
        ["REVISION"] = _revision,
        ["PORT"] = $"{Address.Port}",
        ["TLS_CERTIFICATE"] = "/run/secrets/tls.pem",
        ["FRONT_SUBNET"] = "10.84.0.0/24",
    };

    private async Task WriteSecretsAsync()
    {
        var secrets = new Dictionary<string, string>
        {
            ["ConnectionStrings__db"] = $"Host=postgres;Username=postgres;Password={_password};Database=db;GSS Encryption Mode=Disable",
            ["ConnectionStrings__redis"] = $"redis:6379,password={_password}",
            ["Accounts__AdminPassword"] = $"Marmot-{_password}",
            ["DataProtection__Certificate"] = "",
            ["DataProtection__OtherCertificates__0"] = "",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "",
            ["postgres-password"] = _password,
            ["redis-password"] = _password,
            ["tls.pem"] = _certificate.Pem,
        };
        foreach (var (name, value) in secrets) await File.WriteAllTextAsync(Path.Combine(_secrets.FullName, name), $"{value}\n");
    }
}
