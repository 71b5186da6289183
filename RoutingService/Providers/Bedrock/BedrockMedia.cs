namespace RoutingService.Providers.Bedrock;

/// <summary>Converse names formats, not media types.</summary>
internal static class BedrockMedia
{
    public static string? ImageFormat(string mediaType) => Subtype(mediaType) switch
    {
        "png" => "png",
        "jpeg" or "jpg" => "jpeg",
        "gif" => "gif",
        "webp" => "webp",
        _ => null,
    };

    public static string? DocumentFormat(string mediaType) => Base(mediaType) switch
    {
        "application/pdf" => "pdf",
        "text/csv" => "csv",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "text/html" => "html",
        "text/markdown" => "md",
        "text/plain" => "txt",
        _ => null,
    };

    public static string? VideoFormat(string mediaType) => Subtype(mediaType) switch
    {
        "x-matroska" => "mkv",
        "quicktime" => "mov",
        "mp4" => "mp4",
        "webm" => "webm",
        "x-flv" => "flv",
        "mpeg" => "mpeg",
        "x-ms-wmv" => "wmv",
        "3gpp" => "three_gp",
        _ => null,
    };

    public static string? AudioFormat(string mediaType) => Subtype(mediaType) switch
    {
        "mp3" or "mpeg" => "mp3",
        "wav" or "x-wav" => "wav",
        "opus" => "opus",
        "aac" => "aac",
        "flac" => "flac",
        "ogg" => "ogg",
        "mp4" => "mp4",
        "webm" => "webm",
        _ => null,
    };

    private static string Base(string mediaType)
    {
        var end = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? mediaType : mediaType[..end]).Trim().ToLowerInvariant();
    }

    private static string Subtype(string mediaType)
    {
        var type = Base(mediaType);
        return type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..];
    }
}
