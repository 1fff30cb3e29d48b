using System.Net;

namespace AspireStandIn.Tests.Dashboard;

/// <summary>A request body that breaks off in the middle of a message.</summary>
internal sealed class BrokenContent : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(new byte[] { 0, 0, 0 });
        await stream.FlushAsync();
        throw new IOException("The client dies.");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
