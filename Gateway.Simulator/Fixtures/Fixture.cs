using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Simulator.Fixtures;

/// <summary>One recorded exchange with a provider.</summary>
public sealed record Fixture
{
    private static readonly JsonWriterOptions AsRecorded = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Headers that belong to the recorded connection, not to the answer.</summary>
    private static readonly HashSet<string> OfTheConnection =
        new(StringComparer.OrdinalIgnoreCase) { "transfer-encoding", "content-length", "connection", "date" };

    public required string Id { get; init; }

    /// <summary>openai-chat, openai-responses, anthropic, gemini, bedrock, azure.</summary>
    public required string Provider { get; init; }

    public required string? Model { get; init; }

    /// <summary>recorded, sdk-test-fixture, reported-in-public-issue, spec-derived: the texts of the last two are not those of a call.</summary>
    public required string Authenticity { get; init; }

    public required IReadOnlyList<string> Kinds { get; init; }

    public required FixtureRequest Request { get; init; }

    public required int Status { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body of the answer as it was on the wire; written again where the source kept only parsed JSON.</summary>
    public required ReadOnlyMemory<byte> ReplayBytes { get; init; }

    /// <summary><see cref="ReplayBytes"/> are those of the wire.</summary>
    public required bool IsExact { get; init; }

    public string ReplayText => Encoding.UTF8.GetString(ReplayBytes.Span);

    public bool IsStream => Kinds.Contains("stream");

    public bool IsChunked => IsStream
        || (Headers.TryGetValue("transfer-encoding", out var coding) && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase));

    /// <summary>The headers to replay: without those of the recorded connection, with a content type.</summary>
    public IReadOnlyDictionary<string, string> ReplayHeaders
    {
        get
        {
            var headers = Headers.Where(header => !OfTheConnection.Contains(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
            headers.TryAdd("content-type", !IsStream ? "application/json"
                : Provider == "bedrock" ? "application/vnd.amazon.eventstream"
                : "text/event-stream; charset=utf-8");
            return headers;
        }
    }

    public static Fixture Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var request = root.GetProperty("request");
        var response = root.GetProperty("response");
        return new Fixture
        {
            Id = root.GetProperty("id").GetString()!,
            Provider = root.GetProperty("provider").GetString()!,
            Model = root.GetProperty("model").GetString(),
            Authenticity = root.GetProperty("authenticity").GetString()!,
            Kinds = [.. root.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()!)],
            Request = new FixtureRequest(
                request.GetProperty("method").GetString()!,
                request.GetProperty("url").GetString(),
                HeadersOf(request),
                request.GetProperty("body") is { ValueKind: not JsonValueKind.Null } body ? Written(body) : default(ReadOnlyMemory<byte>?),
                request.GetProperty("body_exact").GetBoolean()),
            Status = response.GetProperty("status").GetInt32(),
            Headers = HeadersOf(response),
            ReplayBytes = BodyOf(response),
            IsExact = response.GetProperty("body_exact").GetBoolean(),
        };
    }

    private static ReadOnlyMemory<byte> BodyOf(JsonElement response)
        => response.TryGetProperty("body_text", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!)
            : response.TryGetProperty("body_base64", out var base64) ? base64.GetBytesFromBase64()
            : Written(response.GetProperty("body_json"));

    private static Dictionary<string, string> HeadersOf(JsonElement message)
        => message.GetProperty("headers").EnumerateObject()
            .ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);

    /// <summary>Compact JSON; numbers keep their spelling.</summary>
    private static ReadOnlyMemory<byte> Written(JsonElement element)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, AsRecorded))
        {
            element.WriteTo(writer);
        }

        return stream.ToArray();
    }
}

/// <summary>The recorded request; the body is compact JSON, null when it is not known.</summary>
public sealed record FixtureRequest(
    string Method, string? Url, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte>? Body, bool IsExact)
{
    public string? BodyText => Body is { } body ? Encoding.UTF8.GetString(body.Span) : null;
}
