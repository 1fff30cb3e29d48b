using LittleService.Rehearsal;

// Started by script/rehearse. --before and --now: folders with the programs of two versions, each in api/ and worker/.
string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

if (Option("--now") is not { } now)
{
    await Console.Error.WriteLineAsync("Start this by script/rehearse.");
    return 2;
}

var report = await Rehearsal.RunAsync(new(Option("--before") ?? now), new(now), args.Contains("--short"));
await Console.Out.WriteLineAsync(report.Text);
if (!report.IsGood) await Console.Error.WriteLineAsync(Journal.Text);
if (Option("--report") is { } file) await File.WriteAllTextAsync(file, report.Text);
return report.IsGood ? 0 : 1;
