namespace Aspire.Hosting;

/// <summary>Faults that a user can mend are one sentence on the error stream and an exit code, not a stack trace.</summary>
internal static class FaultSentence
{
    private static int _catching;

    /// <summary>For what is thrown while the application is still being said: an invalid name, an unknown argument.</summary>
    public static void CatchUnhandled()
    {
        if (Interlocked.Exchange(ref _catching, 1) == 1) return;
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.ExceptionObject is not DistributedApplicationException fault) return;
            Write(fault);
            Environment.Exit(1);
        };
    }

    public static void Write(DistributedApplicationException fault)
    {
        Console.Error.WriteLine(fault.Message);
        Environment.ExitCode = 1;
    }
}
