namespace AspireChoice.Tests;

public sealed class ChoiceTests
{
    const string Library = "LittleService.Jobs";

    [Fact]
    public void FeedWithoutThePackagesMeansTheStandIn()
    {
        using var copy = new RepositoryCopy();

        Assert.Contains($"the feed lacks the packages {FakeFeed.Aspire}; using aspire-standin/.", copy.Dotnet("restore", Library).Output);
        Assert.DoesNotContain("Aspire:", copy.Dotnet("restore", Library).Output);
        Assert.Equal("false", copy.Property("AspirePackages"));
    }

    [Fact]
    public void FeedWithThePackagesMeansThePackages()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteAll(copy.Feed);

        Assert.Contains($"the feed has the packages {FakeFeed.Aspire}; using them.", copy.Dotnet("restore", Library).Output);
        Assert.Equal("true", copy.Property("AspirePackages"));
        Assert.Contains($"npgsql/{FakeFeed.Npgsql}", File.ReadAllText(Path.Combine(copy.Root, Library, "obj", "project.assets.json")));
    }

    [Fact]
    public void OtherPackagesAreChosenWithoutAspire()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteCurrentVersions(copy.Feed);

        copy.Succeed("restore", Library);

        Assert.Equal("false", copy.Property("AspirePackages"));
        Assert.Equal(FakeFeed.Redis, copy.Property("StackExchangeRedisVersion"));
        Assert.Equal(FakeFeed.Npgsql, copy.Property("NpgsqlVersion"));
    }

    [Fact]
    public void FeedThatCannotBeReachedIsAskedAgain()
    {
        using var copy = new RepositoryCopy("http://127.0.0.1:9/v3/index.json");

        Assert.Contains("the feed did not answer", copy.Dotnet("restore", Library).Output);
        Assert.False(copy.Remembers);
        Assert.Contains("the feed did not answer", copy.Dotnet("restore", Library).Output);
    }

    [Fact]
    public void ForcedChoiceGoesOverTheAnswer()
    {
        using var copy = new RepositoryCopy();
        copy.Dotnet("restore", Library);
        Assert.True(copy.Remembers);

        Assert.Equal("true", copy.Property("AspirePackages", "-p:AspirePackages=true"));
        Assert.Equal(FakeFeed.Redis, copy.Property("StackExchangeRedisVersion", "-p:AspirePackages=true"));
        Assert.Contains("the packages", copy.Dotnet("restore", Library, "-p:AspirePackages=true").Output);
        Assert.Contains("aspire-standin/, as", copy.Dotnet("restore", Library, "-p:AspirePackages=false").Output);
    }

    [Fact]
    public void UnknownChoiceIsAnError()
    {
        using var copy = new RepositoryCopy();

        var (exitCode, output) = copy.Dotnet("restore", Library, "-p:AspirePackages=maybe");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("AspirePackages is 'maybe'; it must be true, false or absent.", output);
    }

    [Fact]
    public async Task TwoFirstRestoresAgree()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteCurrentVersions(copy.Feed);

        var restores = await Task.WhenAll(
            Task.Run(() => copy.Dotnet("restore", Library)),
            Task.Run(() => copy.Dotnet("restore", "LittleService.ServiceDefaults")));

        Assert.All(restores, restore => Assert.True(restore.ExitCode == 0, restore.Output));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(copy.Root, "artifacts", "aspire-choice")));
    }
}
