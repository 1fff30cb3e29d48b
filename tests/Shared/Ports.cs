using System.Net;
using System.Net.Sockets;

namespace LittleService.Tests;

internal static class Ports
{
    /// <summary>
    /// A port of this machine that nobody listens on, below those that the system gives to outgoing connections: one of them could take it before
    /// it is used.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }
    }
}
