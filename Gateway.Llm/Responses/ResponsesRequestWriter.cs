using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>
/// Writes a request for OpenAI's Responses API, without any state there: <c>store</c> is false, and the encrypted reasoning comes back to be
/// replayed. What has no place is reported; what makes no sense without it is an <see cref="InvalidRequestException"/>.
/// </summary>
public sealed class ResponsesRequestWriter
{
    /// <summary>OpenAI refuses less.</summary>
    private const long SmallestOutput = 16;

    private readonly LlmRequest _request;
    private readonly LossReport _losses;
    private readonly bool _reasons;
    private readonly bool _samples;

    private ResponsesRequestWriter(LlmRequest request, string model, LossReport losses)
    {
        (_request, _losses, _reasons) = (request, losses, ResponsesModels.Reasons(model));
        _samples = ResponsesModels.Samples(model, isToReason: EffortOf(request.Reasoning) is not (null or ReasoningEffort.None));
    }

    /// <param name="model">What the provider calls the model.</param>
    public static ReadOnlyMemory<byte> Write(LlmRequest request, string model, LossReport losses)
    {
        using var output = new PooledOutput();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            new ResponsesRequestWriter(request, model, losses).Write(json, model);
        }

        return output.ToArray();
    }

    /// <summary>A request to count its tokens: what the model would read, and nothing of how it is to answer.</summary>
    public static ReadOnlyMemory<byte> WriteCount(LlmRequest request, string model, LossReport losses)
    {
        using var output = new PooledOutput();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            var writer = new ResponsesRequestWriter(request, model, losses);
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            new ResponsesInputWriter(json, losses).Write(request.Messages);
            ResponsesToolWriter.Write(json, request, losses);
            writer.WriteText(json);
            writer.WriteReasoning(json);
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private void Write(Utf8JsonWriter json, string model)
    {
        Refuse();
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        new ResponsesInputWriter(json, _losses).Write(_request.Messages);
        ResponsesToolWriter.Write(json, _request, _losses);
        WriteLimits(json);
        WriteText(json);
        WriteReasoning(json);
        WriteInclude(json);
        WriteCaller(json);
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("stream"u8, _request.Stream);
        json.WriteEndObject();
        ReportDropped();
    }

    private void Refuse()
    {
        if (_request.Choices > 1)
        {
            throw new InvalidRequestException("unsupported_parameter", "n is not supported by OpenAI's Responses API: it gives one answer in a call.", "n");
        }

        if (_request.Stop.Count > 0)
        {
            throw new InvalidRequestException(
                "unsupported_parameter", "OpenAI's models that reason have no stop sequences.", "stop_sequences");
        }
    }

    private void WriteLimits(Utf8JsonWriter json)
    {
        if (_request.MaxOutputTokens is { } cap)
        {
            if (cap < SmallestOutput)
            {
                _losses.Changed("max_tokens");
            }

            json.WriteNumber("max_output_tokens"u8, Math.Max(cap, SmallestOutput));
        }

        WriteSampling(json, "temperature", _request.Temperature);
        WriteSampling(json, "top_p", _request.TopP);
    }

    /// <summary>Models that reason may refuse even the default, which says nothing.</summary>
    private void WriteSampling(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is null || (_reasons && value == 1))
        {
            return;
        }

        if (_samples)
        {
            json.WriteNumber(name, value.Value);
        }
        else
        {
            _losses.Dropped(name);
        }
    }

    private void WriteText(Utf8JsonWriter json)
    {
        if (_request.Output is null && _request.Verbosity is null)
        {
            return;
        }

        json.WriteStartObject("text"u8);
        if (_request.Output is { } format)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, format.Schema is null ? "json_object"u8 : "json_schema"u8);
            if (format.Schema is { } schema)
            {
                json.WriteString("name"u8, format.Name ?? "response");
                json.WritePropertyName("schema"u8);
                schema.WriteTo(json);
                WriteIfGiven(json, "description", format.Description);
                if (format.Strict is { } strict)
                {
                    json.WriteBoolean("strict"u8, strict);
                }
            }

            json.WriteEndObject();
        }

        WriteIfGiven(json, "verbosity", _request.Verbosity);
        json.WriteEndObject();
    }

    private void WriteReasoning(Utf8JsonWriter json)
    {
        var wish = _request.Reasoning;
        var effort = EffortOf(wish);
        if (effort is null && wish?.Summary is null)
        {
            return;
        }

        if (!_reasons)
        {
            if (effort != ReasoningEffort.None)
            {
                _losses.Dropped("reasoning");
            }

            return;
        }

        json.WriteStartObject("reasoning"u8);
        if (effort is { } given)
        {
            json.WriteString("effort"u8, ResponsesVocabulary.WriteEffort(given));
        }

        WriteIfGiven(json, "summary", wish?.Summary);
        json.WriteEndObject();
    }

    private static ReasoningEffort? EffortOf(ReasoningWish? wish) => wish?.Effort ?? wish?.BudgetTokens switch
    {
        null => null,
        < 6_000 => ReasoningEffort.Low,
        < 12_000 => ReasoningEffort.Medium,
        _ => ReasoningEffort.High,
    };

    private void WriteInclude(Utf8JsonWriter json)
    {
        var logprobs = _request.Logprobs is not null;
        if (logprobs || _reasons)
        {
            json.WriteStartArray("include"u8);
            if (_reasons)
            {
                json.WriteStringValue("reasoning.encrypted_content"u8);
            }

            if (logprobs)
            {
                json.WriteStringValue("message.output_text.logprobs"u8);
            }

            json.WriteEndArray();
        }

        if (_request.Logprobs is > 0 and var alternatives)
        {
            json.WriteNumber("top_logprobs"u8, alternatives);
        }
    }

    private void WriteCaller(Utf8JsonWriter json)
    {
        WriteIfGiven(json, "safety_identifier", _request.EndUser);
        if (_request.ServiceTier is "auto" or "default" or "flex" or "scale" or "priority")
        {
            json.WriteString("service_tier"u8, _request.ServiceTier);
        }
        else if (_request.ServiceTier is not null)
        {
            _losses.Dropped("service_tier");
        }

        if (_request.Metadata.Count > 0)
        {
            json.WriteStartObject("metadata"u8);
            foreach (var (name, value) in _request.Metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }
    }

    private void ReportDropped()
    {
        Report("top_k", _request.TopK is not null);
        Report("seed", _request.Seed is not null);
        Report("frequency_penalty", _request.FrequencyPenalty is not null);
        Report("presence_penalty", _request.PresencePenalty is not null);
        foreach (var field in _request.Unmapped)
        {
            _losses.Dropped(field);
        }

        // OpenAI caches by itself, and takes no marks.
        if (_request.AutomaticCache is not null
            || _request.Messages.Any(message => message.Parts.Any(part => part.Cache is not null))
            || _request.Tools.OfType<FunctionTool>().Any(tool => tool.Cache is not null))
        {
            _losses.Emulated("cache_control");
        }
    }

    private void Report(string field, bool isGiven)
    {
        if (isGiven)
        {
            _losses.Dropped(field);
        }
    }

    private static void WriteIfGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
