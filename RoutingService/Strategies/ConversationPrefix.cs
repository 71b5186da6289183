using System.Text.Json;
using Gateway.Llm.Json;
using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>
/// What all calls of a conversation begin with, as a number: its tools, its instructions, and its messages up to the first that is not an
/// instruction. In one pass over a body of any of the client formats.
/// </summary>
internal static class ConversationPrefix
{
    /// <summary>Null where there is no conversation.</summary>
    public static ulong? Read(ReadOnlySpan<byte> body)
    {
        if (body.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        var reader = new Utf8JsonReader(body, JsonLimits.ReaderOptions);
        reader.Read();
        var (prefix, isConversation) = (0UL, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = Part(ref reader);
            reader.Read();
            if (part == 0 || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            // A sum, for clients write the members in any order.
            isConversation |= part == Opening;
            prefix += part == Opening ? ReadOpening(ref reader) : ReadValue(ref reader, part, out _);
        }

        return isConversation ? prefix : null;
    }

    private const ulong Opening = 1;

    private static ulong Part(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("prompt"u8) ? Opening
            : reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("instructions"u8) ? 2UL
            : reader.ValueTextEquals("tools"u8) ? 3UL
            : 0UL;

    private static ulong ReadOpening(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ReadValue(ref reader, Opening, out _);
        }

        var (hash, isOpen) = (Opening, true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (isOpen)
            {
                hash = ReadValue(ref reader, hash, out var isInstruction);
                isOpen = isInstruction;
            }
            else
            {
                reader.Skip();
            }
        }

        return hash;
    }

    /// <summary>Without marks for caching, which clients move along from call to call, and without white space.</summary>
    private static ulong ReadValue(ref Utf8JsonReader reader, ulong hash, out bool isInstruction)
    {
        isInstruction = false;
        var depth = reader.CurrentDepth;
        while (true)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("cache_control"u8))
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 1 && reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                isInstruction = reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8));
                hash = StableHash.Add(hash, reader.ValueSpan);
            }
            else
            {
                hash = StableHash.Add(hash + (ulong)reader.TokenType, reader.ValueSpan);
                if (reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                {
                    return hash;
                }
            }

            reader.Read();
        }
    }
}
