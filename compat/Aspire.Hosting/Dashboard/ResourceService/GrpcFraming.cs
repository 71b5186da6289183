using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>
/// The part of gRPC over HTTP/2 that a server needs: a message is a flag byte, its length in four bytes, big-endian,
/// and the protobuf; the status is a trailer, or a header when there is no body.
/// </summary>
internal static class GrpcFraming
{
    private const string ContentType = "application/grpc";
    private const int PrefixLength = 5;
    private const int LongestRequest = 1024 * 1024;

    public static async Task<TMessage> ReadAsync<TMessage>(HttpRequest request, MessageParser<TMessage> parser, CancellationToken cancellationToken)
        where TMessage : IMessage<TMessage>
    {
        var prefix = new byte[PrefixLength];
        await ReadExactlyAsync(request.Body, prefix, cancellationToken);
        if (prefix[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "Compressed messages are not supported.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > LongestRequest)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"A request of {length} bytes is over the limit of {LongestRequest}.");
        }

        var message = new byte[length];
        await ReadExactlyAsync(request.Body, message, cancellationToken);
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "The request is not the message that this method takes.", exception);
        }
    }

    public static async Task WriteAsync(HttpResponse response, IMessage message, CancellationToken cancellationToken)
    {
        var length = message.CalculateSize();
        var frame = response.BodyWriter.GetSpan(PrefixLength + length)[..(PrefixLength + length)];
        frame[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)length);
        message.WriteTo(frame[PrefixLength..]);
        response.BodyWriter.Advance(PrefixLength + length);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Sends the headers at once: a client waits for them before it reads a stream that is silent so far.</summary>
    public static async Task BeginAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = ContentType;
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Ends the call: with a trailer behind an answer, in the headers when nothing was sent.
    /// </summary>
    public static void End(HttpResponse response, GrpcStatus status, string? message = null)
    {
        Append(response, "grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message is not null)
        {
            Append(response, "grpc-message", Uri.EscapeDataString(message));
        }
    }

    private static void Append(HttpResponse response, string name, string value)
    {
        if (response.HasStarted)
        {
            response.AppendTrailer(name, value);
        }
        else
        {
            response.ContentType = ContentType;
            response.Headers[name] = value;
        }
    }

    private static async Task ReadExactlyAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await body.ReadExactlyAsync(buffer, cancellationToken);
        }
        catch (EndOfStreamException exception)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "The request ends within a message.", exception);
        }
    }
}
