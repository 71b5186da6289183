using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>Writes a request as <c>generateContent</c> takes it.</summary>
/// <param name="findSignature">The signature of a tool call, by its id, where the client has not brought it back.</param>
/// <param name="isVertex">Vertex AI, whose bodies are the same but for a few fields.</param>
internal sealed class GeminiRequestWriter(RequestTranslation translation, Func<string, string?> findSignature, bool isVertex)
{
    public ReadOnlyMemory<byte> Write() => Write(isCount: false);

    /// <summary>For <c>countTokens</c>, which takes the whole request in another, and on Vertex AI the parts that count beside one another.</summary>
    public ReadOnlyMemory<byte> WriteCount()
    {
        if (isVertex)
        {
            return Write(isCount: true);
        }

        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("generateContentRequest"u8);
            writer.WriteString("model"u8, $"models/{translation.Model}");
            WriteMembers(writer, isCount: false);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    private ReadOnlyMemory<byte> Write(bool isCount)
    {
        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            WriteMembers(writer, isCount);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    /// <param name="isCount">Leaves out what Vertex AI's count does not know.</param>
    private void WriteMembers(Utf8JsonWriter writer, bool isCount)
    {
        var request = translation.Request;
        var turns = Turns.Read(translation);
        WriteSystem(writer, turns);
        new GeminiContentsWriter(writer, translation, turns, findSignature, isVertex).Write();
        new GeminiToolsWriter(writer, translation).Write(withChoice: !isCount);
        WriteGenerationConfig(writer, request);
        WriteServiceTier(writer, request);
        translation.DropIf(request.ParallelToolCalls == false, "parallel_tool_calls");
        translation.DropIf(request.EndUser is not null, "user");
        translation.DropIf(request.Metadata.Count > 0, "metadata");
        translation.DropIf(request.Verbosity is not null, "verbosity");
        translation.DropIf(
            request.AutomaticCache is not null
                || request.Messages.Any(message => message.Parts.Any(part => part.Cache is not null))
                || request.Tools.Any(tool => tool is FunctionTool { Cache: not null }),
            "cache_control");
        translation.DropUnmapped();
    }

    private static void WriteSystem(Utf8JsonWriter writer, Turns turns)
    {
        if (turns.System.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("systemInstruction"u8);
        writer.WriteStartArray("parts"u8);
        foreach (var text in turns.System)
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, text.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteGenerationConfig(Utf8JsonWriter writer, LlmRequest request)
    {
        if (request.Choices > 1)
        {
            throw translation.Refuse("n", "it gives one answer in a call.");
        }

        writer.WriteStartObject("generationConfig"u8);
        WriteNumber(writer, "maxOutputTokens"u8, request.MaxOutputTokens);
        WriteNumber(writer, "temperature"u8, request.Temperature);
        WriteNumber(writer, "topP"u8, request.TopP);
        WriteNumber(writer, "topK"u8, request.TopK);
        WriteNumber(writer, "frequencyPenalty"u8, request.FrequencyPenalty);
        WriteNumber(writer, "presencePenalty"u8, request.PresencePenalty);
        WriteSeed(writer, request);
        if (request.Stop.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var sequence in request.Stop)
            {
                writer.WriteStringValue(sequence);
            }

            writer.WriteEndArray();
        }

        if (request.Logprobs is { } alternatives)
        {
            writer.WriteBoolean("responseLogprobs"u8, true);
            if (alternatives > 0)
            {
                writer.WriteNumber("logprobs"u8, alternatives);
            }
        }

        WriteOutputFormat(writer, request.Output);
        GeminiThinking.Write(writer, translation);
        writer.WriteEndObject();
    }

    private void WriteSeed(Utf8JsonWriter writer, LlmRequest request)
    {
        if (request.Seed is >= int.MinValue and <= int.MaxValue and var seed)
        {
            writer.WriteNumber("seed"u8, seed);
        }
        else
        {
            translation.DropIf(request.Seed is not null, "seed");
        }
    }

    private void WriteOutputFormat(Utf8JsonWriter writer, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }

        writer.WriteString("responseMimeType"u8, "application/json"u8);
        if (format.Schema is { } schema)
        {
            writer.WritePropertyName("responseJsonSchema"u8);
            schema.WriteTo(writer);
        }

        translation.DropIf(format.Description is not null, "response_format.description");
    }

    private void WriteServiceTier(Utf8JsonWriter writer, LlmRequest request)
    {
        switch (request.ServiceTier)
        {
            case null or "auto" or "default":
                break;
            case "flex" or "priority" when !isVertex:
                writer.WriteString("serviceTier"u8, request.ServiceTier);
                break;
            default:
                translation.Dropped("service_tier");
                break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
