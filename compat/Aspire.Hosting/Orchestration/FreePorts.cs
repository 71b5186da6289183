using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Ports for programs that take them some seconds later. One that the system hands out by itself would be anybody's by then: these lie below
/// those, and no two callers are given the same one.
/// </summary>
internal static class FreePorts
{
    private const int First = 29_000;

    /// <summary>Linux hands out ports from 32768 on, other systems from 49152.</summary>
    private const int Count = 3_768;

    /// <summary>Other AppHosts of this machine begin elsewhere.</summary>
    private static int _next = Random.Shared.Next(Count);

    public static int Find()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                Take(port);
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }

        throw new DistributedApplicationException($"No port from {First} to {First + Count - 1} is free.");
    }

    /// <summary>Takes a port, and gives it back at once; throws where somebody has it.</summary>
    public static void Take(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }
}
