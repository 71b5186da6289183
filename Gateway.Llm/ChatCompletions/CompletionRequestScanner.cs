using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>What admission needs of a request of <c>/v1/completions</c>, the API before chats.</summary>
public static class CompletionRequestScanner
{
    public static RequestScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = RequestScanner.Scan(body, ReadField);
        return scan.HasInput ? scan : throw new InvalidRequestException("missing_required_parameter", "'prompt' is required.", "prompt");
    }

    private static bool ReadField(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        if (!reader.ValueTextEquals("prompt"u8))
        {
            // All else that matters has the names of Chat Completions.
            return ChatRequestScanner.ReadField(ref reader, ref scan);
        }

        reader.Read();
        var start = reader.TokenStartIndex;
        var text = RequestScanner.SkipValue(ref reader);
        scan = scan with { HasInput = true, TextBytes = scan.TextBytes + (text > 0 ? text : reader.BytesConsumed - start) };
        return true;
    }
}
