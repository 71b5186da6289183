using System.Net;
using System.Net.Sockets;

namespace ServiceDefaults.Http;

/// <summary>For a handler whose URLs come from outside: connects to hosts of the internet alone.</summary>
public static class PublicConnection
{
    /// <summary>
    /// A <see cref="SocketsHttpHandler.ConnectCallback"/>. Checks the addresses that are connected to, since a name can lead anywhere by the
    /// time it is used.
    /// </summary>
    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => !PrivateNetworks.Contain(address));
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The name leads to a private address.</summary>
public sealed class PrivateAddressException() : IOException("The address is private.");
