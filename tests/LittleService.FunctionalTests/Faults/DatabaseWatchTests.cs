using LittleService.Data;
using Npgsql;

namespace LittleService.FunctionalTests.Faults;

/// <summary>A database that has no connection left for one caller more serves those that have one: it is not lost.</summary>
public sealed class DatabaseWatchTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private readonly string _role = $"role_{Guid.NewGuid():N}";
    private readonly CountingTime _time = new();
    private NpgsqlDataSource _database = null!;
    private DatabaseWatch _watch = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PoolInUseIsNotALostDatabase()
    {
        await using var slow = await _database.OpenConnectionAsync(Stop);
        using var gone = new CancellationTokenSource();
        var next = _database.OpenConnectionAsync(gone.Token).AsTask();

        await PollAsync();

        Assert.Equal(1, await _watch.WaitAsync(() => Task.FromResult(1)));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task ServerWithoutRoomForAConnectionIsNotLost()
    {
        await servers.ExecuteAsync(
            $"alter role {_role} connection limit 0",
            $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = '{_role}'");

        await PollAsync();

        Assert.Equal(1, await _watch.WaitAsync(() => Task.FromResult(1)));
    }

    [Fact]
    public async Task ServerThatTakesNoConnectionIsLostUntilItDoes()
    {
        await servers.ExecuteAsync(
            $"alter role {_role} nologin",
            $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = '{_role}'");

        await PollAsync();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => _watch.WaitAsync(() => Task.FromResult(1)));

        await servers.ExecuteAsync($"alter role {_role} login");
        await PollAsync();
        Assert.Equal(1, await _watch.WaitAsync(() => Task.FromResult(1)));
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        await servers.ExecuteAsync($"create role {_role} login password 'watched'");
        var connection = new NpgsqlConnectionStringBuilder(_service.DatabaseConnection)
        {
            Username = _role,
            Password = "watched",
            MaxPoolSize = 2,
        };
        _database = NpgsqlDataSource.Create(connection);
        _watch = new(_database, _time);
        await _watch.StartAsync(Stop);
        await Eventually.SeeAsync(() => Task.FromResult(_time.Timers), timers => timers == CountingTime.PerPoll);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
        await _database.DisposeAsync();
        await servers.ExecuteAsync($"drop role {_role}");
        await _service.DisposeAsync();
    }

    private async Task PollAsync()
    {
        var before = _time.Timers;
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await Eventually.SeeAsync(() => Task.FromResult(_time.Timers), timers => timers == before + CountingTime.PerPoll);
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        /// <summary>One for the patience of a poll, one for the pause after it.</summary>
        public const int PerPoll = 2;

        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
