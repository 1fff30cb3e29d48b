namespace LittleService.AppHostTests.Graphs;

internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Asks again and again until the answer is yes. A failed request counts as no.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken) =>
        UntilAsync(what, Limit, condition, cancellationToken);

    public static async Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var end = TimeProvider.System.GetUtcNow() + limit;
        Exception? last = null;
        while (TimeProvider.System.GetUtcNow() < end)
        {
            try
            {
                if (await condition())
                    return;
                last = null;
            }
            catch (HttpRequestException e)
            {
                last = e;
            }
            await Task.Delay(100, cancellationToken);
        }
        Assert.Fail($"Not within {limit.TotalSeconds:0} s: {what}. {last?.Message}");
    }
}
