using System.Buffers.Text;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Bench.Speed.Upstream;

/// <summary>All vendors at once, cheap enough not to be what is measured. The model's name tells how long a stream waits between two chunks: <c>bench-d100</c>.</summary>
internal static class UpstreamServer
{
    private static ReadOnlySpan<byte> ModelPrefix => "bench-d"u8;

    private static ReadOnlySpan<byte> StreamField => "\"stream\":true"u8;

    public static async Task<int> RunAsync(int port, int otlpPort)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Listen(IPAddress.Loopback, otlpPort, listen => listen.Protocols = HttpProtocols.Http2);
        });

        // Each chunk is sent by itself then, as a model's are, and not with those that were written meanwhile.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        await using var app = builder.Build();
        var sink = new OtlpSink();
        app.Run(context => OtlpSink.IsExport(context) ? sink.TakeAsync(context) : AnswerAsync(context, sink));
        await OwnerExit.RunAsync(app);
        return 0;
    }

    private static Task AnswerAsync(HttpContext context, OtlpSink sink)
    {
        var path = context.Request.Path.Value!;
        return path.EndsWith("/chat/completions", StringComparison.Ordinal) ? ExchangeAsync(context, WireFormat.Chat)
            : path.EndsWith("/messages", StringComparison.Ordinal) ? ExchangeAsync(context, WireFormat.Messages)
            : path.EndsWith("/responses", StringComparison.Ordinal) ? ExchangeAsync(context, WireFormat.Responses)
            : path.Contains("enerateContent", StringComparison.Ordinal) ? ExchangeAsync(context, WireFormat.Gemini)
            : path == OtlpSink.CountsPath ? context.Response.WriteAsJsonAsync(sink.Counts)
            : context.Response.WriteAsync("""{"object":"list","data":[]}""");
    }

    private static async Task ExchangeAsync(HttpContext context, WireFormat format)
    {
        var (stream, delay) = await ReadAsync(context.Request, format);
        if (stream)
        {
            await StreamAsync(context, Answers.Stream(format), TimeSpan.FromMilliseconds(delay));
            return;
        }

        var answer = Answers.Whole(format);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    private static async Task<(bool Stream, int DelayMs)> ReadAsync(HttpRequest request, WireFormat format)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? 4096));
        await request.BodyReader.CopyToAsync(body, request.HttpContext.RequestAborted);
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        return format == WireFormat.Gemini
            ? (request.Path.Value!.EndsWith("streamGenerateContent", StringComparison.Ordinal), DelayOf(System.Text.Encoding.ASCII.GetBytes(request.Path.Value)))
            : (bytes.IndexOf(StreamField) >= 0, DelayOf(bytes));
    }

    private static int DelayOf(ReadOnlySpan<byte> source)
    {
        var start = source.IndexOf(ModelPrefix);
        return start >= 0 && Utf8Parser.TryParse(source[(start + ModelPrefix.Length)..], out int delay, out _) ? delay : 0;
    }

    private static async Task StreamAsync(HttpContext context, StreamTemplate template, TimeSpan delay)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        var text = new byte[Marker.ChunksOfStream * Marker.Length];
        var output = context.Response.BodyWriter;
        for (var number = 0; number < Marker.ChunksOfStream; number++)
        {
            if (delay > TimeSpan.Zero && number > 0)
            {
                await Task.Delay(delay, TimeProvider.System, context.RequestAborted);
            }

            template.WriteChunk(output, number, text);
            await output.FlushAsync(context.RequestAborted);
        }
    }
}
