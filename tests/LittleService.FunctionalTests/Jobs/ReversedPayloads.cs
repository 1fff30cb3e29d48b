using System.Security.Cryptography;
using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A protector that needs no keys: what it stores cannot be read by looking, and what it did not store is refused.</summary>
internal sealed class ReversedPayloads : IPayloadProtector
{
    private const byte Mark = 7;

    public byte[] Protect(byte[] payload) => [Mark, .. payload.AsEnumerable().Reverse()];

    public byte[] Unprotect(byte[] payload) =>
        payload is [Mark, .. var rest] ? [.. rest.AsEnumerable().Reverse()] : throw new CryptographicException("Not stored by this protector.");
}
