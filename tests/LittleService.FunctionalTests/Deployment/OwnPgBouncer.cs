using System.Diagnostics;
using Npgsql;

namespace LittleService.FunctionalTests.Deployment;

/// <summary>A PgBouncer of the test's own, as Debian packs it but for the pool mode: transaction pooling, few connections to the server.</summary>
internal sealed class OwnPgBouncer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pgbouncer-");
    private Process? _process;

    private int Port { get; } = Ports.Free();

    public static async Task<OwnPgBouncer> StartAsync(string server)
    {
        if (!Find().Any(File.Exists))
            Assert.Skip("There is no pgbouncer on this machine: script/bootstrap --browser installs it, with what else the tests need.");
        var bouncer = new OwnPgBouncer();
        try
        {
            await bouncer.StartAsync(new NpgsqlConnectionStringBuilder(server));
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same database, behind it.</summary>
    public string Behind(string server) =>
        new NpgsqlConnectionStringBuilder(server) { Host = "127.0.0.1", Port = Port, Username = "anyone", Password = "any" }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static IEnumerable<string> Find() =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':').Select(folder => Path.Combine(folder, "pgbouncer"));

    private async Task StartAsync(NpgsqlConnectionStringBuilder server)
    {
        var file = Path.Combine(_folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            file,
            $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.Username}{(server.Password is { Length: > 0 } password ? $" password='{password.Replace("'", "''", StringComparison.Ordinal)}'" : "")}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 8
            {(Environment.UserName == "root" ? "user = nobody" : "")}
            """);
        _process = Process.Start(new ProcessStartInfo(Find().First(File.Exists), [file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.SeeAsync(() => AnswerAsync(Behind(server.ConnectionString)), answer => answer == "1");
    }

    private static async Task<string> AnswerAsync(string address)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(address);
            await using var command = source.CreateCommand("select 1");
            return $"{await command.ExecuteScalarAsync()}";
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }
}
