using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Simulator.Sending;

/// <summary>
/// Sends what Kestrel would not: the handler writes to the connection's socket itself, ends it as scripted and aborts
/// Kestrel's side, which has written nothing. The connection is never used again.
/// </summary>
internal sealed class SocketSender(TimeProvider time)
{
    private static readonly TimeSpan WaitForCaller = TimeSpan.FromSeconds(2);

    public async Task SendAsync(HttpContext context, ResolvedAnswer answer, ReceivedRequest? entry, CancellationToken cancellationToken)
    {
        var script = answer.Script;
        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        try
        {
            await time.Delay(TimeSpan.FromMilliseconds(script.DelayBeforeHeadersMs), cancellationToken);
            if (!script.EndBeforeHeaders)
            {
                await SendBodyAsync(socket, answer, entry, cancellationToken);
            }

            if (script.Ending == AnswerEnding.Stall)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            entry?.ConnectionIsEndedByScript();
            await SocketEnding.WaitUntilDeliveredAsync(socket, time, cancellationToken);
            if (script.Ending == AnswerEnding.Reset)
            {
                // Closing with a timeout of nothing sends an RST.
                socket.Close(timeout: 0);
            }
            else
            {
                if (!answer.LeavesConnectionOpen)
                {
                    socket.Shutdown(SocketShutdown.Send);
                }

                await SocketEnding.WaitUntilCallerClosesAsync(WaitForCaller, time, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The caller has left: Kestrel reports it on RequestAborted, which the exchange reads.
        }
        finally
        {
            context.Abort();
        }
    }

    private async Task SendBodyAsync(Socket socket, ResolvedAnswer answer, ReceivedRequest? entry, CancellationToken cancellationToken)
    {
        var isChunked = answer.Script.Wire is null && answer.Framing is AnswerFraming.Chunked or AnswerFraming.ChunkedWithLength;
        if (answer.Script.Wire is null)
        {
            await SendAllAsync(socket, Head(answer), cancellationToken);
        }

        var isWhole = answer.Chunks.Sum(chunk => (long)chunk.Length) == answer.BodyLength;
        var end = Encoding.Latin1.GetBytes(
            (isChunked && isWhole && answer.Script.EndAfterEvents is null ? "0\r\n\r\n" : "") + answer.Script.ExtraBytes);
        for (var i = 0; i < answer.Chunks.Count; i++)
        {
            if (i > 0)
            {
                await time.Delay(TimeSpan.FromMilliseconds(answer.Script.DelayBetweenChunksMs), cancellationToken);
            }

            var chunk = answer.Chunks[i];
            var bytes = isChunked ? Chunk(chunk.Span) : chunk;
            // What is behind the body comes with the last of it.
            await SendAllAsync(socket, i == answer.Chunks.Count - 1 && end.Length > 0 ? (byte[])[.. bytes.Span, .. end] : bytes, cancellationToken);
            entry?.CountSent(chunk.Length);
        }

        if (answer.Chunks.Count == 0)
        {
            await SendAllAsync(socket, end, cancellationToken);
        }
    }

    private static byte[] Head(ResolvedAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(answer.Framing switch
        {
            AnswerFraming.Chunked => "transfer-encoding: chunked\r\n",
            AnswerFraming.ChunkedWithLength => "transfer-encoding: chunked\r\ncontent-length: 10\r\n",
            AnswerFraming.CloseDelimited => "connection: close\r\n",
            _ => $"content-length: {answer.BodyLength}\r\n",
        });
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private static byte[] Chunk(ReadOnlySpan<byte> data)
        => [.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8];

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
        }
    }
}
