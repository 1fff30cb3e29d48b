using System.Net;
using System.Net.Sockets;
using System.Text;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;

namespace LittleService.FunctionalTests.Imports;

/// <summary>Uploads that are large, too large, or break off. No worker runs.</summary>
public sealed class ImportUploadTests(Service service) : IClassFixture<Service>
{
    private const int Largest = 50 * 1024 * 1024;
    private static readonly byte[] Header = "name,quantity\n"u8.ToArray();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TooLargeUploadIsTurnedAwayBeforeItIsSent()
    {
        using var answer = await service.Writer.PostCsvAsync(new StreamContent(new Endless(Largest + 1)));

        await ProblemAssert.IsAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task OtherEndpointsKeepTheirSmallLimit()
    {
        using var body = new ByteArrayContent(new byte[2 * 1024 * 1024]);
        body.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/items") { Content = body };
        request.Headers.ExpectContinue = true;
        using var answer = await service.Writer.SendAsync(request, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task UploadThatBreaksOffLeavesNothing()
    {
        var address = service.Client.BaseAddress!;
        using (var client = new TcpClient(address.Host, address.Port))
        {
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /api/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestKeys.Of(Role.Writer)}\r\nContent-Type: text/csv\r\nContent-Length: 10000000\r\n\r\nname,quantity\n"),
                Stop);
            await client.GetStream().WriteAsync(new byte[200_000], Stop);
            await Eventually.SeeAsync(() => service.ScalarAsync<long>("select count(*) from import_chunks"), count => count > 0);
        }

        await Eventually.SeeAsync(() => service.ScalarAsync<long>("select count(*) from imports where state = 'uploading'"), count => count == 0);
        Assert.Equal(0, await service.ScalarAsync<long>("select count(*) from import_chunks c where not exists (select from imports where id = import_id)"));
    }

    [Fact]
    public async Task LargestUploadIsTaken()
    {
        using var answer = await service.Writer.PostCsvAsync(new StreamContent(new Endless(Largest)));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(Largest, await service.ScalarAsync<long>("select sum(octet_length(content)) from import_chunks c join imports on id = import_id where size = 52428800"));
    }

    /// <summary>A file of that many bytes that stands nowhere.</summary>
    private sealed class Endless(long length) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _at; set => _at = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _at);
            for (var i = 0; i < read; i++, _at++) buffer[offset + i] = _at < Header.Length ? Header[_at] : (_at % 20) switch { 0 => (byte)'\n', 18 => (byte)',', 19 => (byte)'7', _ => (byte)'x' };
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => _at = origin == SeekOrigin.Begin ? offset : throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
