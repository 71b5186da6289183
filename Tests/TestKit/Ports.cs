using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tests.TestKit;

/// <summary>
/// Ports that are given to nobody twice, and that no system hands out by itself: a server that is away for a moment has its own again, and where
/// nobody listens nobody begins to. A port that the system has offered would be the next test's as soon as it is free.
/// </summary>
internal static class Ports
{
    /// <summary>Below the ports that systems hand out, and above those that servers have by custom.</summary>
    private const int First = 21_000;

    private const int Count = 8_000;

    /// <summary>Other test runs on this machine begin elsewhere.</summary>
    private static int _next = RandomNumberGenerator.GetInt32(Count);

    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else has it.
            }
        }
    }

    /// <summary>The address of such a port.</summary>
    public static string NextUrl() => $"http://127.0.0.1:{Next().ToString(CultureInfo.InvariantCulture)}";
}
