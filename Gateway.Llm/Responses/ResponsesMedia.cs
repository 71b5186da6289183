using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>Pictures and files, both ways: <c>input_image</c> and <c>input_file</c>.</summary>
internal static class ResponsesMedia
{
    public static ImagePart ReadImage(JsonElement part, string param)
        => new(part.FindText("image_url") is { } url ? FromUrl(url, param)
            : part.FindText("file_id") is { } file ? new FileSource(Origins.OpenAI, file)
            : throw Missing(param, "'image_url' or 'file_id'"))
        {
            Detail = part.FindText("detail"),
        };

    public static DocumentPart ReadFile(JsonElement part, string param)
    {
        var name = part.FindText("filename");
        MediaSource source = part.FindText("file_data") is { } data ? FromData(data, name, param)
            : part.FindText("file_url") is { } url ? new UrlSource(url)
            : part.FindText("file_id") is { } file ? new FileSource(Origins.OpenAI, file)
            : throw Missing(param, "'file_data', 'file_url' or 'file_id'");
        return new DocumentPart(source) { Name = name };
    }

    public static void WriteImage(Utf8JsonWriter json, ImagePart image)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "input_image"u8);
        if (image.Source is FileSource file)
        {
            json.WriteString("file_id"u8, Own(file));
        }
        else
        {
            json.WriteString("image_url"u8, ToUrl(image.Source));
        }

        json.WriteString("detail"u8, image.Detail ?? "auto");
        json.WriteEndObject();
    }

    public static void WriteFile(Utf8JsonWriter json, DocumentPart document)
    {
        if (document.Source is PlainTextSource text)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "input_text"u8);
            json.WriteString("text"u8, document.Name is { } title ? $"{title}\n\n{text.Text}" : text.Text);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "input_file"u8);
        switch (document.Source)
        {
            case FileSource file:
                json.WriteString("file_id"u8, Own(file));
                break;
            case UrlSource url:
                json.WriteString("file_url"u8, url.Url);
                break;
            default:
                json.WriteString("filename"u8, document.Name ?? "document.pdf");
                json.WriteString("file_data"u8, ToUrl(document.Source));
                break;
        }

        json.WriteEndObject();
    }

    private static MediaSource FromUrl(string url, string param)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return new UrlSource(url);
        }

        return DataUrl.TryRead(url, out var bytes)
            ? bytes
            : throw new InvalidRequestException("invalid_value", $"'{param}' must be an https URL or a base64 data URL.", param);
    }

    /// <summary>A data URL, or base64 alone, whose type its file name tells.</summary>
    private static MediaSource FromData(string data, string? name, string param)
        => data.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? FromUrl(data, param)
            : new BytesSource(
                name?.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) == true ? "text/plain" : "application/pdf", data);

    private static string ToUrl(MediaSource source) => source switch
    {
        UrlSource url => url.Url,
        BytesSource bytes => DataUrl.Write(bytes),
        _ => throw new InvalidRequestException("unsupported_parameter", "OpenAI takes images and files as bytes, by URL or by its own file id."),
    };

    private static string Own(FileSource file) => file.Origin == Origins.OpenAI
        ? file.FileId
        : throw new InvalidRequestException("unsupported_parameter", $"The file '{JsonStrings.Shorten(file.FileId)}' is known to another provider only.");

    private static InvalidRequestException Missing(string param, string names)
        => new("missing_required_parameter", $"'{param}' needs {names}.", param);
}
