namespace LittleService.AppHostTests.Processes;

/// <summary>The collection of the tests that start app hosts as processes.</summary>
public static class OwnProcesses
{
    public const string Name = "processes of their own";
}
