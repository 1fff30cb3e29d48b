namespace LittleService.Jobs.Schedules;

/// <summary>A job and when it is due.</summary>
internal abstract record Schedule(string Name, CronExpression Cron, ScheduleOptions Options)
{
    /// <summary>Written beside the name; when it changes, the schedule counts from then on.</summary>
    public string Definition { get; } = new ScheduleDefinition(Cron, Options.TimeZone).ToString();

    /// <summary>The kind of its jobs.</summary>
    public abstract string Kind { get; }

    public abstract NewJob Create(NewJobFactory factory, string uniqueKey);
}

/// <inheritdoc/>
internal sealed record Schedule<TJob>(string Name, CronExpression Cron, ScheduleOptions Options, TJob Job) : Schedule(Name, Cron, Options)
    where TJob : IJob
{
    public override string Kind => TJob.Kind;

    public override NewJob Create(NewJobFactory factory, string uniqueKey) => factory.Create(Job, new() { UniqueKey = uniqueKey });
}
