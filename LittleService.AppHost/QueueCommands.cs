using LittleService.ServiceDefaults;

#pragma warning disable ASPIREPROCESSCOMMAND001 // Experimental; without it each command would start and watch a process of its own.

namespace LittleService.AppHost;

/// <summary>
/// The verbs of the worker as commands of its resource: in the dashboard, and for <c>aspire resource worker pause-queue default</c>.
/// </summary>
internal static class QueueCommands
{
    public static void WithQueueCommands(
        this IResourceBuilder<ProjectResource> worker,
        IResourceBuilder<IResourceWithConnectionString> db,
        IResourceBuilder<IResourceWithConnectionString> redis)
    {
        var verbs = new Verbs(worker.Resource.GetProjectMetadata().ProjectPath, db.Resource, redis.Resource);
        var queue = Input("queue", "Queue", "default");
        verbs.Add(worker, "pause", "pause-queue", "Pause queue", "Pause", "Starts no job of the queue until it is resumed.", queue);
        verbs.Add(worker, "resume", "resume-queue", "Resume queue", "Play", "Starts jobs of the queue again.", queue);
        verbs.Add(
            worker, "replay", "replay-dead-letters", "Replay dead letters", "ArrowRepeatAll",
            "Runs jobs again that failed for good, with all their attempts.", Input("kind", "Kind (all where empty)", value: null));
        verbs.Add(
            worker, "run-schedule", "run-schedule", "Run schedule now", "CalendarClock",
            "Runs the job of a schedule once more, beside its due times.", Input("schedule", "Schedule", "clean_imports"));
    }

    private static InteractionInput Input(string name, string label, string? value) =>
        new() { Name = name, Label = label, InputType = InputType.Text, Value = value, Required = value is not null };

    private sealed record Verbs(string Project, IResourceWithConnectionString Db, IResourceWithConnectionString Redis)
    {
        public void Add(
            IResourceBuilder<ProjectResource> worker, string verb, string command, string text, string icon, string description,
            InteractionInput input) => worker.WithProcessCommand(
            command, text, context => SpecAsync(verb, context.Arguments.GetString(input.Name), context.CancellationToken),
            new ProcessCommandOptions { Description = description, IconName = icon, Arguments = [input], DisplayImmediately = true });

        private async ValueTask<ProcessCommandSpec> SpecAsync(string verb, string? argument, CancellationToken cancellationToken)
        {
            string[] arguments = string.IsNullOrEmpty(argument) ? [verb] : [verb, argument];
            var program = BuiltProgram.PathOf(Project);
            return new(File.Exists(program) ? program : "dotnet")
            {
                Arguments = File.Exists(program) ? arguments : ["run", "--project", Project, "--no-launch-profile", "--", .. arguments],
                WorkingDirectory = Path.GetDirectoryName(Project),
                EnvironmentVariables =
                {
                    [$"ConnectionStrings__{ResourceNames.Database}"] = (await Db.GetConnectionStringAsync(cancellationToken))!,
                    [$"ConnectionStrings__{ResourceNames.Redis}"] = (await Redis.GetConnectionStringAsync(cancellationToken))!,
                },
            };
        }
    }
}
