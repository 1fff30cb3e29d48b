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
        var (hasher, account) = (new AccountPasswordHasher(), new Account());
        var hash = hasher.HashPassword(account, "correct horse battery staple");

        Assert.Equal(Least(() => hasher.VerifyHashedPassword(account, hash, "correct horse battery stable")), Least(() => hasher.VerifyNobody("correct horse battery stable")));
        static long Least(Action check) => Enumerable.Range(0, 5).Min(_ => Allocated(check));
    }

    private static long Allocated(Action check)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        check();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
