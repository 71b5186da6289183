using Microsoft.AspNetCore.Http;

namespace Bench.Speed.Upstream;

/// <summary>A collector that drops everything (OTLP over gRPC), and counts, so that a run can show that there was an export.</summary>
internal sealed class OtlpSink
{
    public const string CountsPath = "/bench/otlp";

    /// <summary>A message without a field, not compressed.</summary>
    private static readonly byte[] EmptyMessage = new byte[5];

    private long _exports;
    private long _bytes;

    public OtlpCounts Counts => new(Interlocked.Read(ref _exports), Interlocked.Read(ref _bytes));

    public static bool IsExport(HttpContext context) => context.Request.Path.Value!.StartsWith("/opentelemetry.proto.collector.", StringComparison.Ordinal);

    public async Task TakeAsync(HttpContext context)
    {
        var input = context.Request.BodyReader;
        while (await input.ReadAsync(context.RequestAborted) is var read)
        {
            Interlocked.Add(ref _bytes, read.Buffer.Length);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        Interlocked.Increment(ref _exports);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(EmptyMessage, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

internal sealed record OtlpCounts(long Exports, long Bytes);
