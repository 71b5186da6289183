using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>What the gateway must know of a stream's event that it passes on.</summary>
public readonly record struct ResponsesEventScan
{
    public ResponsesEventKind Kind { get; init; }

    /// <summary>Bytes of text, reasoning and arguments: the base of an estimate where no usage is reported.</summary>
    public long TextBytes { get; init; }

    /// <summary>Where the response object stands; length 0 when there is none.</summary>
    public (int Start, int Length) Response { get; init; }

    /// <summary>Throws <see cref="JsonException"/> for everything but one JSON object.</summary>
    public static ResponsesEventScan Read(ReadOnlySpan<byte> json)
    {
        var reader = JsonObjectReader.Open(json, "An event");
        var scan = default(ResponsesEventScan);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                scan = scan with { Kind = KindOf(ref reader) };
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                scan = scan with { TextBytes = reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0 };
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                scan = scan with { Response = (start, (int)reader.BytesConsumed - start) };
                continue;
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        // Anything behind the object throws.
        reader.Read();
        return scan;
    }

    private static ResponsesEventKind KindOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return ResponsesEventKind.Content;
        }

        return reader.ValueTextEquals("response.created"u8) || reader.ValueTextEquals("response.in_progress"u8) || reader.ValueTextEquals("response.queued"u8)
            ? ResponsesEventKind.Begun
            : reader.ValueTextEquals("response.completed"u8) || reader.ValueTextEquals("response.incomplete"u8) ? ResponsesEventKind.Ended
            : reader.ValueTextEquals("response.failed"u8) || reader.ValueTextEquals("error"u8) ? ResponsesEventKind.Failed
            : reader.ValueTextEquals("keepalive"u8) ? ResponsesEventKind.Nothing
            : ResponsesEventKind.Content;
    }
}

public enum ResponsesEventKind
{
    Nothing,

    /// <summary>The response object at its start.</summary>
    Begun,

    Content,

    /// <summary>The complete response object, or what there is of it.</summary>
    Ended,

    Failed,
}
