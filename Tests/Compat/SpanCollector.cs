using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace Tests.Compat;

/// <summary>Keeps every span that ends.</summary>
internal sealed class SpanCollector : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _ended = new();

    /// <summary>The spans of one path. Sources are global, so spans of other tests arrive here too.</summary>
    public IReadOnlyList<Activity> ServerSpans(string path)
        => [.. _ended.Where(span => span.Kind == ActivityKind.Server && path.Equals(span.GetTagItem("url.path")))];

    public IReadOnlyList<Activity> ClientSpans(int port)
        => [.. _ended.Where(span => span.Kind == ActivityKind.Client && port.Equals(span.GetTagItem("server.port")))];

    public override void OnEnd(Activity data) => _ended.Enqueue(data);
}
