using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Start, stop and restart.</summary>
internal static class LifecycleCommands
{
    public static void AddTo(IResource resource, Func<string, string, CancellationToken, Task> execute)
    {
        Add(KnownResourceCommands.StartCommand, "Start", "Play", isHighlighted: true, state => state is null || CanStart(state));
        Add(KnownResourceCommands.StopCommand, "Stop", "Stop", isHighlighted: true, state => !CanStart(state ?? "") && state != KnownResourceStates.Waiting);
        Add(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", isHighlighted: false, state => state == KnownResourceStates.Running);

        void Add(string name, string displayName, string icon, bool isHighlighted, Func<string?, bool> isPossible)
        {
            if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(c => c.Name == name)) return;
            resource.Annotations.Add(new ResourceCommandAnnotation(name, displayName, async context =>
            {
                await execute(context.ResourceName, name, context.CancellationToken);
                return CommandResults.Success();
            }, new CommandOptions
            {
                Description = $"{displayName} resource",
                IconName = icon,
                IconVariant = isHighlighted ? IconVariant.Filled : IconVariant.Regular,
                IsHighlighted = isHighlighted,
                UpdateState = context => isPossible(context.ResourceSnapshot.State?.Text) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            }));
        }
    }

    private static bool CanStart(string state) =>
        KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.NotStarted || state == KnownResourceStates.RuntimeUnhealthy;
}
