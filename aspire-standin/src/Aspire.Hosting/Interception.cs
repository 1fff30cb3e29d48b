namespace Aspire.Hosting;

/// <summary>How a test gets hold of the builder and the application inside an app host's Main, which knows nothing of it.</summary>
internal sealed class Interception(Action<DistributedApplicationOptions> configure)
{
    private static readonly AsyncLocal<Interception?> Ambient = new();
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayReturn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>That of the Main that this code runs under; each has its own, so that two run at once.</summary>
    public static Interception? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public void Configure(DistributedApplicationOptions options) => configure(options);

    /// <summary>Main said all it has to say; the test may change it before it goes on.</summary>
    public void AwaitBuild(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public void Built(DistributedApplication application) => _application.TrySetResult(application);

    /// <summary>Main calls Run: the test starts and stops the application instead.</summary>
    public Task AwaitEndAsync() => _mayReturn.Task;

    public Task<DistributedApplicationBuilder> BuilderAsync(CancellationToken cancellationToken) => _builder.Task.WaitAsync(cancellationToken);

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _application.Task.WaitAsync(cancellationToken);
    }

    public void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
    }

    /// <summary>Lets Main return, wherever it waits.</summary>
    public void End()
    {
        _mayReturn.TrySetResult();
        _mayBuild.TrySetException(new OperationCanceledException("The test gave the application up."));
    }
}
