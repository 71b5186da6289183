using System.Buffers.Binary;
using System.Net.Sockets;

namespace Gateway.Simulator.Sending;

/// <summary>What has to be waited for, so that the end of a connection does not overtake the bytes before it.</summary>
internal static class SocketEnding
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int UnackedOffset = 24;
    private const int NotSentOffset = 144;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// An RST throws away what the sender's kernel still holds. Linux tells when the caller's kernel has everything (a reader
    /// gets those bytes before the reset); elsewhere a pause has to do. A caller that does not read is not waited for.
    /// </summary>
    public static async Task WaitUntilDeliveredAsync(Socket socket, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            await time.Delay(50 * Step, cancellationToken);
            return;
        }

        for (var steps = 0; steps < 500 && HasUndelivered(socket); steps++)
        {
            await time.Delay(Step, cancellationToken);
        }
    }

    /// <summary>A FIN must not be followed by the RST of a closed socket while the caller may still read.</summary>
    public static async Task WaitUntilCallerClosesAsync(TimeSpan atMost, TimeProvider time, CancellationToken requestAborted)
        => await time.Delay(atMost, requestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static bool HasUndelivered(Socket socket)
    {
        Span<byte> info = stackalloc byte[NotSentOffset + sizeof(uint)];
        var length = socket.GetRawSocketOption(TcpLevel, TcpInfo, info);
        return Value(info, UnackedOffset) > 0 || (length >= info.Length && Value(info, NotSentOffset) > 0);
    }

    private static uint Value(ReadOnlySpan<byte> info, int offset)
        => BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(info[offset..])
            : BinaryPrimitives.ReadUInt32BigEndian(info[offset..]);
}
