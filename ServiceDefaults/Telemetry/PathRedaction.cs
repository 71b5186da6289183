using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using ServiceDefaults.Http;

namespace ServiceDefaults.Telemetry;

/// <summary>A client may put anything into a URL, and a trace is no place for a secret: paths are told as far as they are words.</summary>
internal sealed class PathRedaction : BaseProcessor<Activity>
{
    private const string UrlPath = "url.path";
    private const string UrlFull = "url.full";

    private const int MaxRemembered = 1000;
    private const int MaxRememberedLength = 200;

    /// <summary>Most calls go to the same few places.</summary>
    private readonly ConcurrentDictionary<string, string?> _told = new(StringComparer.Ordinal);

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(UrlPath) is string path)
        {
            data.SetTag(UrlPath, Tell(path, PathWords.Tell));
        }

        if (data.GetTagItem(UrlFull) is string url)
        {
            data.SetTag(UrlFull, Tell(url, TellUrl));
        }
    }

    private static string? TellUrl(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) + PathWords.Tell(uri.AbsolutePath) : null;

    private string? Tell(string text, Func<string, string?> tell)
    {
        if (_told.TryGetValue(text, out var told))
        {
            return told;
        }

        told = tell(text);
        if (text.Length <= MaxRememberedLength && _told.Count < MaxRemembered)
        {
            _told[text] = told;
        }

        return told;
    }
}
