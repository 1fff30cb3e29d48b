namespace LittleService.FunctionalTests.Admin;

internal static class AdminJobs
{
    /// <summary>Adds a job that nobody runs before tomorrow.</summary>
    public static async Task<Guid> AddJobAsync(this Service service, string kind, string state, string payload = "{}", bool sensitive = false, string queue = "default", string reason = "failed")
    {
        var id = Guid.CreateVersion7();
        await using var command = service.Database.CreateCommand(
            $"""
            insert into jobs (id, run_at, finished_at, priority, version, state, queue, kind, payload, sensitive, trace, reason)
            values ('{id}', now() + interval '1 day', {(state == "dead" ? "now()" : "null")}, 1, 1, '{state}', $1, $2, convert_to($3, 'UTF8'), {sensitive},
              '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', {(state == "dead" ? "$4" : "nullif($4, $4)")})
            """);
        foreach (var text in (string[])[queue, kind, payload, reason]) command.Parameters.Add(new() { Value = text });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return id;
    }
}
