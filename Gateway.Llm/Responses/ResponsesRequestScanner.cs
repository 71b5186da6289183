using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>What admission needs of a Responses request.</summary>
public static class ResponsesRequestScanner
{
    public static RequestScan Scan(ReadOnlySpan<byte> body)
    {
        var scan = RequestScanner.Scan(body, ReadField);
        return scan.HasInput ? scan : throw new InvalidRequestException("missing_required_parameter", "'input' is required.", "input");
    }

    private static bool ReadField(ref Utf8JsonReader reader, ref RequestScan scan)
    {
        if (reader.ValueTextEquals("max_output_tokens"u8))
        {
            reader.Read();
            scan = scan with { MaxOutputTokens = RequestScanner.ReadCount(ref reader, "max_output_tokens") };
        }
        else if (reader.ValueTextEquals("safety_identifier"u8))
        {
            reader.Read();
            scan = scan with { EndUser = RequestScanner.ReadStringOrNull(ref reader, "safety_identifier") ?? scan.EndUser };
        }
        else if (reader.ValueTextEquals("user"u8))
        {
            // The older name: where both are sent, the newer one counts.
            reader.Read();
            var user = RequestScanner.ReadStringOrNull(ref reader, "user");
            scan = scan with { EndUser = scan.EndUser ?? user };
        }
        else if (reader.ValueTextEquals("service_tier"u8))
        {
            reader.Read();
            scan = scan with { ServiceTier = RequestScanner.ReadServiceTier(ref reader) };
        }
        else if (reader.ValueTextEquals("input"u8))
        {
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
            {
                throw new InvalidRequestException("invalid_type", "'input' must be a string or an array of items.", "input");
            }

            scan = scan with { HasInput = true };
            return false;
        }
        else if (reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("previous_response_id"u8) || reader.ValueTextEquals("conversation"u8))
        {
            // Each of them can bring all of the input.
            reader.Read();
            scan = scan with { HasInput = scan.HasInput || reader.TokenType != JsonTokenType.Null };
            return false;
        }
        else
        {
            return false;
        }

        return true;
    }
}
