namespace LittleService.AppHostTests.Processes;

/// <summary>The collection of the tests that start app hosts as processes: beside those of the shared graph, but one at a time.</summary>
public static class OwnProcesses
{
    public const string Name = "processes of their own";
}
