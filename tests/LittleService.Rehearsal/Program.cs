using LittleService.Rehearsal;

// Started by script/rehearse. --before and --now: folders with the programs of two versions, each in api/ and worker/; or, with --registry
// and --deploy, the tags of their images and the folder of the files that deploy them.
string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

if (Option("--now") is not { } now)
{
    await Console.Error.WriteLineAsync("Start this by script/rehearse.");
    return 2;
}

await using IStage stage = Option("--registry") is { } registry ? new SwarmStage(registry, Option("--deploy")!) : new ProcessesStage();
var report = await Rehearsal.RunAsync(stage, new(Option("--before") ?? now), new(now), args.Contains("--short"));
await Console.Out.WriteLineAsync(report.Text);
if (!report.IsGood) await Console.Error.WriteLineAsync(Journal.Text);
if (Option("--report") is { } file) await File.WriteAllTextAsync(file, report.Text);
return report.IsGood ? 0 : 1;
