using System.Reflection;

namespace AspireStandIn.Tests.Surface;

public sealed class SurfaceTests
{
    [Theory]
    [InlineData("Aspire.Hosting")]
    [InlineData("Aspire.Hosting.AppHost")]
    [InlineData("Aspire.Hosting.PostgreSQL")]
    [InlineData("Aspire.Hosting.Redis")]
    [InlineData("Aspire.Hosting.Testing")]
    [InlineData("Aspire.Npgsql")]
    public void NothingIsPublicThatTheRealAssemblyHasNot(string assembly)
    {
        if (Shared.Find("aspire/api.txt") is not { } file)
        {
            Assert.Skip("There is no ../shared/aspire/api.txt beside the repository to compare with.");
            return;
        }
        var recorded = RecordedSurface.Read(File.ReadLines(file), assembly);
        var invented = Assembly.Load(assembly).GetExportedTypes().Select(SurfacePrinter.Print)
            .SelectMany(type => recorded.TryGetValue(type.Head, out var real) ? type.Beyond(real) : [type.Head]);
        Assert.Equal("", string.Join(Environment.NewLine, invented));
    }
}
