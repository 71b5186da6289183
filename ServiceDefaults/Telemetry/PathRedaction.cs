using System.Diagnostics;
using OpenTelemetry;
using ServiceDefaults.Http;

namespace ServiceDefaults.Telemetry;

/// <summary>A client may put anything into a URL, and a trace is no place for a secret: paths are told as far as they are words.</summary>
internal sealed class PathRedaction : BaseProcessor<Activity>
{
    private const string UrlPath = "url.path";
    private const string UrlFull = "url.full";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(UrlPath) is string path)
        {
            data.SetTag(UrlPath, PathWords.Tell(path));
        }

        if (data.GetTagItem(UrlFull) is string url)
        {
            data.SetTag(UrlFull, Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) + PathWords.Tell(uri.AbsolutePath) : null);
        }
    }
}
