using System.Diagnostics.CodeAnalysis;

namespace Gateway.Llm.Canonical;

/// <summary><c>data:image/png;base64,...</c>, as OpenAI's formats carry bytes.</summary>
public static class DataUrl
{
    private const string Scheme = "data:";
    private const string Base64 = ";base64,";

    public static string Write(BytesSource bytes) => $"{Scheme}{bytes.MediaType}{Base64}{bytes.Base64}";

    /// <summary>False for other URLs, and for data that is not base64.</summary>
    public static bool TryRead(string url, [NotNullWhen(true)] out BytesSource? bytes)
    {
        var comma = url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? url.IndexOf(Base64, StringComparison.OrdinalIgnoreCase) : -1;
        if (comma < 0)
        {
            bytes = null;
            return false;
        }

        // Parameters such as a charset stand between the type and the coding.
        var mediaType = url[Scheme.Length..comma];
        var parameters = mediaType.IndexOf(';', StringComparison.Ordinal);
        bytes = new BytesSource(parameters < 0 ? mediaType : mediaType[..parameters], url[(comma + Base64.Length)..]);
        return true;
    }
}
