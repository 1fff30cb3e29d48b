using System.Diagnostics;
using LittleService.Api.Layout;
using LittleService.Worker;

namespace LittleService.FunctionalTests.Faults;

public sealed class MistypedRedisTests(Servers servers) : IAsyncLifetime
{
    private const string Secret = "hunter2secret";
    private readonly Service _service = new(servers);

    public static TheoryData<Type, string> Mistyped()
    {
        var data = new TheoryData<Type, string>();
        foreach (var program in (Type[])[typeof(App), typeof(MigrateAtStart)])
        {
            data.Add(program, $"localhost:6379;password={Secret}");
            data.Add(program, $"redis://:{Secret}@localhost:6379");
            data.Add(program, $"localhost:6379,ssl={Secret}");
        }

        return data;
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Mistyped))]
    public async Task ProcessDoesNotStartAndSaysWhyInOneSentence(Type program, string redis)
    {
        string[] settings = [.. _service.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), $"--ConnectionStrings:redis={redis}"];
        var start = new ProcessStartInfo("dotnet", [program.Assembly.Location, "--urls=http://127.0.0.1:0", .. settings])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        // One that starts after all must not live on.
        await using var end = TestContext.Current.CancellationToken.Register(() => process.Kill());
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);

        Assert.Equal(1, process.ExitCode);
        Assert.Matches("^ConnectionStrings:redis [^\n]+\\.\n$", said);
        Assert.DoesNotContain(Secret, said + await output, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
