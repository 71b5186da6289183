using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Speed.Load;

/// <summary>One connection of HTTP/1.1 on a bare socket, so that the client costs as little as it can of the machine that it shares.</summary>
internal sealed class LoadConnection(IPEndPoint endPoint) : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <summary>Servers close what is idle for longer: nginx after 75 s, Kestrel after 130.</summary>
    private static readonly long LongestIdle = (long)TimeSpan.FromSeconds(30).TotalNanoseconds;

    private readonly ChunkedBody _body = new();
    private readonly MarkerScan _markers = new();
    private byte[] _received = new byte[16 * 1024];
    private int _start;
    private int _end;
    private Socket? _socket;
    private long _usedAt;

    /// <summary>Before its first call, which would pay for it otherwise.</summary>
    /// <returns>What was wrong; null if nothing was.</returns>
    public async ValueTask<string?> TryOpenAsync()
    {
        try
        {
            await OpenAsync();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
    }

    /// <param name="lags">Microseconds from the sending of each chunk to its arrival; null where nobody asks.</param>
    /// <returns>What was wrong; null if nothing was.</returns>
    public async ValueTask<string?> CallAsync(CallScript script, List<int>? lags = null)
    {
        try
        {
            if (_socket is not null && Marker.Now - _usedAt > LongestIdle)
            {
                Close();
            }

            if (_socket is null)
            {
                await OpenAsync();
            }

            _start = _end = 0;
            _body.Clear();
            _markers.Clear(lags);
            for (var sent = 0; sent < script.Request.Length;)
            {
                sent += await _socket!.SendAsync(script.Request.AsMemory(sent));
            }

            var status = await ReadHeadAsync();
            while (!ReadBody(script))
            {
                await ReceiveAsync();
            }

            _usedAt = Marker.Now;
            return status != 200
                ? $"status {status}: {Encoding.UTF8.GetString(_body.Bytes[..Math.Min(300, _body.Bytes.Length)])}"
                : script.FindFault(_body.Bytes, _markers.Count) ?? _markers.Fault;
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            Close();
            return exception.Message;
        }
    }

    /// <summary>Ends a call that runs, which is an error of that call.</summary>
    public void Dispose() => _socket?.Dispose();

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint);
            (_socket, _usedAt) = (socket, Marker.Now);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<int> ReadHeadAsync()
    {
        int length;
        while ((length = _received.AsSpan(_start, _end - _start).IndexOf(HeadEnd)) < 0)
        {
            await ReceiveAsync();
        }

        var head = Encoding.ASCII.GetString(_received, _start, length + 2);
        _start += length + HeadEnd.Length;
        if (head.Contains("\r\ntransfer-encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase))
        {
            _body.BeginChunks();
        }
        else
        {
            const string ContentLength = "\r\ncontent-length: ";
            var place = head.IndexOf(ContentLength, StringComparison.OrdinalIgnoreCase);
            _body.Begin(place < 0
                ? throw new IOException($"An answer without a length: {head}")
                : int.Parse(head.AsSpan(place + ContentLength.Length)[..head.AsSpan(place + ContentLength.Length).IndexOf('\r')], CultureInfo.InvariantCulture));
        }

        return Utf8Parser.TryParse(Encoding.ASCII.GetBytes(head, "HTTP/1.1 ".Length, 3), out int status, out _) ? status : throw new IOException($"No status: {head}");
    }

    private bool ReadBody(CallScript script)
    {
        _start += _body.Take(_received.AsSpan(_start, _end - _start));
        if (script.IsStream)
        {
            _markers.Read(_body.Bytes);
        }

        return _body.IsComplete;
    }

    private async ValueTask ReceiveAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _received.Length)
        {
            var rest = _received.AsSpan(_start, _end - _start);
            var target = rest.Length > _received.Length / 2 ? new byte[_received.Length * 2] : _received;
            rest.CopyTo(target);
            (_received, _start, _end) = (target, 0, rest.Length);
        }

        var length = await _socket!.ReceiveAsync(_received.AsMemory(_end));
        _end += length > 0 ? length : throw new IOException("The connection ended early.");
    }
}
