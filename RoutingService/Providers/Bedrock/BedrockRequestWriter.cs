using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Bedrock;

/// <summary>Writes a request as Converse takes it.</summary>
internal sealed class BedrockRequestWriter(RequestTranslation translation, BedrockGuardrail? guardrail = null)
{
    private readonly LlmRequest _request = translation.Request;
    private readonly BedrockModel _model = new(translation.Model);

    /// <summary>The tool that stands for a structured answer, where the model has no other way to give one.</summary>
    public BedrockOutputTool? OutputTool { get; private set; }

    public ReadOnlyMemory<byte> Write()
    {
        if (_request.Choices > 1)
        {
            throw translation.Refuse("n", "it gives one answer in a call.");
        }

        if (_request.Logprobs is not null)
        {
            throw translation.Refuse("logprobs");
        }

        OutputTool = BedrockOutputTool.For(_request, _model, translation);
        var turns = Turns.Read(translation, skipBlank: true);
        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            new BedrockMessagesWriter(writer, translation, turns, _model).Write();
            var thinking = BedrockThinking.For(translation, _model);
            WriteInference(writer, thinking);
            new BedrockToolsWriter(writer, translation, turns, _model, OutputTool, thinking).Write();
            WriteOutputConfig(writer);
            WriteAdditional(writer, thinking);
            WriteRest(writer);
            writer.WriteEndObject();
        }

        ReportDropped();
        return output.ToArray();
    }

    /// <summary>For <c>count-tokens</c>, which takes of a Converse request what counts.</summary>
    public ReadOnlyMemory<byte> WriteCount()
    {
        OutputTool = BedrockOutputTool.For(_request, _model, translation);
        var turns = Turns.Read(translation, skipBlank: true);
        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("input"u8);
            writer.WriteStartObject("converse"u8);
            new BedrockMessagesWriter(writer, translation, turns, _model).Write();
            var thinking = BedrockThinking.For(translation, _model);
            new BedrockToolsWriter(writer, translation, turns, _model, OutputTool, thinking).Write();
            if (thinking is not null)
            {
                writer.WriteStartObject("additionalModelRequestFields"u8);
                thinking.Write(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    private void WriteInference(Utf8JsonWriter writer, BedrockThinking? thinking)
    {
        var (temperature, topP) = (_request.Temperature, _request.TopP);
        if (thinking is { RestrictsSampling: true })
        {
            // It is refused beside thinking.
            translation.DropIf(temperature is not (null or 1), "temperature");
            temperature = null;
            if (topP < 0.95m)
            {
                translation.Dropped("top_p");
                topP = null;
            }
        }

        if (temperature > 1 && !_model.IsGptOss)
        {
            translation.Changed("temperature");
            temperature = 1;
        }

        var maxTokens = thinking?.RaiseMaxTokens(_request.MaxOutputTokens, translation) ?? _request.MaxOutputTokens;
        if (maxTokens is null && temperature is null && topP is null && _request.Stop.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("inferenceConfig"u8);
        WriteNumber(writer, "maxTokens"u8, maxTokens);
        WriteNumber(writer, "temperature"u8, temperature);
        WriteNumber(writer, "topP"u8, topP);
        if (_request.Stop.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var sequence in _request.Stop)
            {
                writer.WriteStringValue(sequence);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteOutputConfig(Utf8JsonWriter writer)
    {
        if (OutputTool is not null || _request.Output is not { Schema: { } schema } format)
        {
            return;
        }

        writer.WriteStartObject("outputConfig"u8);
        writer.WriteStartObject("textFormat"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteStartObject("structure"u8);
        writer.WriteStartObject("jsonSchema"u8);
        writer.WriteString("name"u8, format.Name ?? BedrockOutputTool.DefaultName);
        if (!string.IsNullOrEmpty(format.Description))
        {
            writer.WriteString("description"u8, format.Description);
        }

        writer.WriteString("schema"u8, CompactJson.Write(schema));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>What Converse has no field for, in the model's own words.</summary>
    private void WriteAdditional(Utf8JsonWriter writer, BedrockThinking? thinking)
    {
        var topK = _request.TopK;
        if (topK is not null && (thinking is { RestrictsSampling: true } || !(_model.IsClaude || _model.IsNova)))
        {
            translation.Dropped("top_k");
            topK = null;
        }

        if (topK is not null || thinking is not null)
        {
            writer.WriteStartObject("additionalModelRequestFields"u8);
            if (topK is { } count && _model.IsClaude)
            {
                writer.WriteNumber("top_k"u8, count);
            }
            else if (topK is { } novaCount)
            {
                writer.WriteStartObject("inferenceConfig"u8);
                writer.WriteNumber("topK"u8, novaCount);
                writer.WriteEndObject();
            }

            thinking?.Write(writer);
            writer.WriteEndObject();
        }

        if (_model.IsClaude && _request.Stop.Count > 0)
        {
            // Else nobody would learn which sequence it was.
            writer.WriteStartArray("additionalModelResponseFieldPaths"u8);
            writer.WriteStringValue("/stop_sequence"u8);
            writer.WriteEndArray();
        }
    }

    private void WriteRest(Utf8JsonWriter writer)
    {
        if (_request.ServiceTier is "priority" or "flex" or "default")
        {
            writer.WriteStartObject("serviceTier"u8);
            writer.WriteString("type"u8, _request.ServiceTier);
            writer.WriteEndObject();
        }

        if (_request.Metadata.Count > 0)
        {
            writer.WriteStartObject("requestMetadata"u8);
            foreach (var (name, value) in _request.Metadata)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        if (guardrail is not null)
        {
            writer.WriteStartObject("guardrailConfig"u8);
            writer.WriteString("guardrailIdentifier"u8, guardrail.Identifier);
            writer.WriteString("guardrailVersion"u8, guardrail.Version);
            writer.WriteEndObject();
        }
    }

    private void ReportDropped()
    {
        translation.DropIf(_request.ServiceTier is not (null or "auto" or "default" or "priority" or "flex"), "service_tier");
        translation.DropIf(_request.Seed is not null, "seed");
        translation.DropIf(_request.FrequencyPenalty is not null, "frequency_penalty");
        translation.DropIf(_request.PresencePenalty is not null, "presence_penalty");
        translation.DropIf(_request.ParallelToolCalls == false, "parallel_tool_calls");
        translation.DropIf(_request.EndUser is not null, "user");
        translation.DropIf(_request.Verbosity is not null, "verbosity");
        translation.DropUnmapped();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}

/// <summary>Bedrock checks prompts and answers against it.</summary>
internal sealed record BedrockGuardrail(string Identifier, string Version);
