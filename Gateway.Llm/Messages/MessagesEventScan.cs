using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>What the gateway must know of an event that it passes on.</summary>
public readonly record struct MessagesEventScan
{
    public MessagesEventKind Kind { get; init; }

    /// <summary>Bytes of text, thinking and arguments: the base of an estimate where no usage is reported.</summary>
    public long TextBytes { get; init; }

    /// <summary>There is something in it that the client would see.</summary>
    public bool HasContent { get; init; }

    /// <summary>Throws <see cref="JsonException"/> for everything but one JSON object.</summary>
    public static MessagesEventScan Read(ReadOnlySpan<byte> json)
    {
        var reader = JsonObjectReader.Open(json, "An event");
        var scan = default(MessagesEventScan);
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
                scan = ReadDelta(ref reader, scan);
            }
            else if (reader.ValueTextEquals("content_block"u8))
            {
                reader.Read();
                scan = scan with { HasContent = scan.HasContent || !IsEmptyBlock(ref reader) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Anything behind the object throws.
        reader.Read();
        return scan;
    }

    private static MessagesEventKind KindOf(ref Utf8JsonReader reader)
        => reader.TokenType != JsonTokenType.String ? MessagesEventKind.Other
            : reader.ValueTextEquals("message_start"u8) ? MessagesEventKind.MessageStart
            : reader.ValueTextEquals("message_delta"u8) ? MessagesEventKind.MessageDelta
            : reader.ValueTextEquals("message_stop"u8) ? MessagesEventKind.MessageStop
            : reader.ValueTextEquals("error"u8) ? MessagesEventKind.Error
            : MessagesEventKind.Other;

    private static MessagesEventScan ReadDelta(ref Utf8JsonReader reader, MessagesEventScan scan)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return scan;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("partial_json"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                scan = scan with { TextBytes = scan.TextBytes + reader.ValueSpan.Length };
            }

            reader.Skip();
        }

        return scan with { HasContent = true };
    }

    /// <summary>Text and thinking begin with nothing in them; everything else is something by itself.</summary>
    private static bool IsEmptyBlock(ref Utf8JsonReader reader)
    {
        var isEmpty = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            isEmpty |= isType && reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8));
            reader.Skip();
        }

        return isEmpty;
    }
}

public enum MessagesEventKind
{
    Other,
    MessageStart,
    MessageDelta,
    MessageStop,
    Error,
}
