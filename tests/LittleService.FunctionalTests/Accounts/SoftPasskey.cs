using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>A passkey in memory, which signs whatever it is asked to: a browser would refuse what a test wants to try.</summary>
internal sealed class SoftPasskey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private string _user = "";

    /// <summary>How often it signed.</summary>
    public uint Count { get; set; }

    /// <summary>How the device says that it can be reached.</summary>
    public string[] Transports { get; set; } = [];

    /// <summary>The origin and the domain that the browser is at.</summary>
    public string Origin { get; set; } = "https://shop.example";

    public string Domain { get; set; } = "shop.example";

    /// <summary>What the browser sends for the options of a new passkey.</summary>
    public string Create(JsonElement options)
    {
        _user = options.GetProperty("user").GetProperty("id").GetString()!;
        var point = _key.ExportParameters(false).Q;
        // A COSE key: EC2, ES256, P-256, x, y.
        byte[] cose = [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32, .. point.X!, 0x22, 0x58, 32, .. point.Y!];
        byte[] data = [.. AuthenticatorData(0x45), .. new byte[16], 0, (byte)_id.Length, .. _id, .. cose];
        // CBOR of {fmt: "none", attStmt: {}, authData: data}.
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Credential(new { clientDataJSON = Text(ClientData("webauthn.create", options)), attestationObject = Text(attestation), transports = Transports });
    }

    /// <summary>What the browser sends for the options of a sign-in.</summary>
    public string Get(JsonElement options)
    {
        Count++;
        var (data, client) = (AuthenticatorData(0x05), ClientData("webauthn.get", options));
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new { clientDataJSON = Text(client), authenticatorData = Text(data), signature = Text(signature), userHandle = _user });
    }

    public void Dispose() => _key.Dispose();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private byte[] ClientData(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(
        new { type, challenge = options.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    // Flags: user present (1), user verified (4), a new key comes with it (0x40).
    private byte[] AuthenticatorData(byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain)), flags, .. count];
    }

    private string Credential(object response) => JsonSerializer.Serialize(
        new { id = Text(_id), rawId = Text(_id), type = "public-key", authenticatorAttachment = "platform", clientExtensionResults = new { }, response });
}
