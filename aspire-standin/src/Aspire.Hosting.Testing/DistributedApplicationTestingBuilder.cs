using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Gets an app host's application into a test: without dashboard, on random ports.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the Main of an app host up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the Main of an app host up to where it builds.</summary>
    /// <typeparam name="TEntryPoint">Any type of the app host's assembly.</typeparam>
    /// <param name="args">Given to Main.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs the Main of an app host up to where it builds.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        var interception = new Interception(options =>
        {
            ForTests(options);
            options.AssemblyName = entryPoint.Assembly.FullName;
            options.Args ??= args;
        });
        _ = Task.Factory.StartNew(() => RunMain(entryPoint, args, interception), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new TestingBuilder(await interception.BuilderAsync(cancellationToken), interception);
    }

    /// <summary>An application made by the test itself.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var options = new DistributedApplicationOptions { Args = args };
        ForTests(options);
        return new TestingBuilder(new DistributedApplicationBuilder(options), null);
    }

    private static void ForTests(DistributedApplicationOptions options)
    {
        options.DisableDashboard = true;
        options.RandomizePorts = true;
        options.EnvironmentName = Environments.Development;
    }

    private static void RunMain(Type entryPoint, string[] args, Interception interception)
    {
        Interception.Current = interception;
        try
        {
            var main = entryPoint.Assembly.EntryPoint ??
                throw new DistributedApplicationException($"{entryPoint.Assembly.GetName().Name} has no Main: it is no app host.");
            main.Invoke(null, main.GetParameters().Length == 0 ? null : [args]);
            interception.Fail(new DistributedApplicationException($"The Main of {entryPoint.Assembly.GetName().Name} ended without building an application."));
        }
        catch (Exception e)
        {
            interception.Fail((e as System.Reflection.TargetInvocationException)?.InnerException ?? e);
        }
    }
}
