using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>
/// The <c>usage</c> of an answer. In a stream it comes in parts, each with totals so far: the last value of a field counts, and a field that
/// is missing keeps the one it had.
/// </summary>
public sealed class MessagesUsage
{
    private long? _input;
    private long? _cacheRead;
    private long? _cacheWrite;
    private long? _cacheWrite1Hour;
    private long? _output;
    private long? _thinking;
    private string? _serviceTier;
    private long _compactionInput;
    private long _compactionOutput;

    /// <summary>Null until input and output were both told.</summary>
    public LlmUsage? Current
    {
        get
        {
            if (_input is not { } input || _output is not { } output)
            {
                return null;
            }

            var written = _cacheWrite ?? _cacheWrite1Hour ?? 0;
            var oneHour = Math.Min(written, _cacheWrite1Hour ?? 0);
            var thinking = Math.Min(output, _thinking ?? 0);
            return new LlmUsage
            {
                Input = input + _compactionInput,
                CacheRead = _cacheRead ?? 0,
                CacheWrite = written - oneHour,
                CacheWrite1Hour = oneHour,
                Output = output - thinking + _compactionOutput,
                Reasoning = thinking,
                ServiceTier = _serviceTier,
            };
        }
    }

    /// <param name="usage">Anything but an object says nothing.</param>
    public void Read(JsonElement usage)
    {
        _input = usage.FindCount("input_tokens") ?? _input;
        _cacheRead = usage.FindCount("cache_read_input_tokens") ?? _cacheRead;
        _cacheWrite = usage.FindCount("cache_creation_input_tokens") ?? _cacheWrite;
        _cacheWrite1Hour = usage.FindObject("cache_creation")?.FindCount("ephemeral_1h_input_tokens") ?? _cacheWrite1Hour;
        _output = usage.FindCount("output_tokens") ?? _output;
        _thinking = usage.FindObject("output_tokens_details")?.FindCount("thinking_tokens") ?? _thinking;
        _serviceTier = usage.FindText("service_tier") is { } tier ? ServiceTiers.Of(tier) : _serviceTier;
        if (usage.Find("iterations") is not null)
        {
            // What the server spent on shortening the conversation is billed, and is not in the totals.
            (_compactionInput, _compactionOutput) = (0, 0);
            foreach (var iteration in usage.FindArray("iterations").Where(iteration => iteration.FindText("type") == "compaction"))
            {
                _compactionInput += iteration.FindCount("input_tokens") ?? 0;
                _compactionOutput += iteration.FindCount("output_tokens") ?? 0;
            }
        }
    }

    /// <summary>As a whole message and the start of a stream have it.</summary>
    internal static void Write(Utf8JsonWriter writer, in LlmUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        WriteTotals(writer, usage);
        writer.WriteStartObject("cache_creation"u8);
        writer.WriteNumber("ephemeral_5m_input_tokens"u8, usage.CacheWrite);
        writer.WriteNumber("ephemeral_1h_input_tokens"u8, usage.CacheWrite1Hour);
        writer.WriteEndObject();
        writer.WriteNull("server_tool_use"u8);
        writer.WriteNull("service_tier"u8);
        writer.WriteNull("inference_geo"u8);
        writer.WriteEndObject();
    }

    /// <summary>As the end of a stream has it.</summary>
    internal static void WriteDelta(Utf8JsonWriter writer, in LlmUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        WriteTotals(writer, usage);
        writer.WriteNull("server_tool_use"u8);
        writer.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter writer, in LlmUsage usage)
    {
        writer.WriteNumber("input_tokens"u8, usage.Input + usage.AudioInput + usage.ImageInput);
        writer.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWrite + usage.CacheWrite1Hour);
        writer.WriteNumber("cache_read_input_tokens"u8, usage.CacheRead);
        writer.WriteNumber("output_tokens"u8, usage.TotalOutput);
        if (usage.Reasoning > 0)
        {
            writer.WriteStartObject("output_tokens_details"u8);
            writer.WriteNumber("thinking_tokens"u8, usage.Reasoning);
            writer.WriteEndObject();
        }
    }
}
