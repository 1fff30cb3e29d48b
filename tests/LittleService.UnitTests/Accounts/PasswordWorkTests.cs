using LittleService.Data.Accounts;
using LittleService.UnitTests.ServiceDefaults;

namespace LittleService.UnitTests.Accounts;

/// <summary>Runs alone: while another test listens to all spans, each check of a password allocates one more.</summary>
[Collection(nameof(CollectingTests))]
public sealed class PasswordWorkTests
{
    [Fact]
    public void NoHashTakesTheSameWorkAsOne()
    {
        // How long it takes depends on the machine; what it allocates does not, but for what the runtime adds to one call or another.
        var hash = Passwords.Hash("correct horse battery staple");

        Assert.Equal(Least(hash), Least(null));
        static long Least(string? hash) => Enumerable.Range(0, 5).Min(_ => Allocated(hash));
    }

    private static long Allocated(string? hash)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Passwords.Verify(hash, "correct horse battery stable");
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
