using System.Net;

namespace LittleService.FunctionalTests.Items;

public sealed class SharedCommitTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task ItemThatPostgresRefusesFailsAlone()
    {
        await service.ExecuteAsync("alter table items add constraint no_poison check (name <> 'poison')");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => service.Writer.PostRawAsync(
            $$"""{"name":"{{(i % 20 == 7 ? "poison" : $"good {i}")}}","quantity":1}""")));

        Assert.Equal(57, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(57L, await service.ScalarAsync<long>("select count(*) from items where name like 'good %'"));
        foreach (var answer in answers) answer.Dispose();
    }
}
