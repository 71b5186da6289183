using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Writes a request of any format as Anthropic wants it; what it cannot be given is reported, or refused.</summary>
public sealed class MessagesRequestWriter
{
    /// <summary>Anthropic requires a cap; a client of another format need not have one.</summary>
    public const long DefaultMaxTokens = 4096;

    private readonly LlmRequest _request;
    private readonly RequestContext _context;
    private readonly MessagesModel _model;
    private readonly MessagesThinking _thinking;
    private readonly MessagesTools _tools;

    private MessagesRequestWriter(LlmRequest request, RequestContext context, long defaultMaxTokens)
    {
        (_request, _context, _model) = (request, context, MessagesModel.Of(context.Model));
        _tools = MessagesTools.From(request, context, _model);
        _thinking = MessagesThinking.From(_tools.EmulatesOutput ? request with { Reasoning = null } : request, _model, context, defaultMaxTokens);
    }

    /// <returns>The tool whose arguments are the answer's text, where the form of the answer has to be emulated; else null.</returns>
    public static string? Write(IBufferWriter<byte> output, LlmRequest request, RequestContext context, long defaultMaxTokens = DefaultMaxTokens)
    {
        var writer = new MessagesRequestWriter(request, context, defaultMaxTokens);
        writer.Refuse();
        using var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        json.WriteStartObject();
        writer.WriteCounted(json);
        writer.WriteRest(json);
        json.WriteEndObject();
        return writer._tools.EmulatesOutput ? MessagesTools.OutputTool : null;
    }

    /// <summary>The part of a request that has tokens to count: the endpoint refuses all else.</summary>
    public static void WriteCount(IBufferWriter<byte> output, LlmRequest request, RequestContext context)
    {
        var writer = new MessagesRequestWriter(request, context, DefaultMaxTokens);
        using var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        json.WriteStartObject();
        writer.WriteCounted(json);
        json.WriteEndObject();
    }

    private void Refuse()
    {
        if (_request.Choices > 1)
        {
            throw _context.Refuse("n", "it gives one answer in a call.");
        }

        if (_request.Logprobs is not null)
        {
            throw _context.Refuse("logprobs");
        }

        if (_thinking is { IsOn: true, Kind: ThinkingKind.Budget } && _request.ToolChoice?.Mode is ToolChoiceMode.One or ToolChoiceMode.Required)
        {
            throw _context.Refuse("tool_choice", "a tool cannot be forced while the model thinks.");
        }
    }

    private void WriteCounted(Utf8JsonWriter json)
    {
        json.WriteString("model"u8, _context.Model);
        new MessagesContentWriter(json, _context).WriteConversation(_request.Messages);
        _tools.Write(json);
        _thinking.Write(json);
        WriteOutput(json);
        if (_request.AutomaticCache is { } cache)
        {
            MessagesContentWriter.WriteCache(json, cache);
        }
    }

    private void WriteRest(Utf8JsonWriter json)
    {
        json.WriteNumber("max_tokens"u8, _thinking.MaxTokens);
        if (_request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        _tools.WriteServers(json);
        WriteSampling(json);
        WriteStop(json);
        WriteUser(json);
        WriteTier(json);
        ReportDropped();
    }

    private void WriteOutput(Utf8JsonWriter json)
    {
        var schema = _tools.EmulatesOutput ? null : _request.Output?.Schema;
        if (schema is null && _thinking.Effort is null)
        {
            return;
        }

        json.WriteStartObject("output_config"u8);
        if (_thinking.Effort is { } effort)
        {
            json.WriteString("effort"u8, effort);
        }

        if (schema is { } form)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            form.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>A model that thinks samples in its own way; 1 is what it would do without being told.</summary>
    private void WriteSampling(Utf8JsonWriter json)
    {
        var isFree = _model.HasSampling && _thinking.IsOn != true;
        if (_request.Temperature is { } temperature)
        {
            if (isFree)
            {
                if (temperature > 1)
                {
                    _context.Changed("temperature");
                }

                json.WriteNumber("temperature"u8, Math.Min(temperature, 1));
            }
            else if (temperature != 1)
            {
                _context.Dropped("temperature");
            }
        }

        if (_request.TopP is { } topP && !(topP == 1 && (_request.Temperature is not null || !isFree)))
        {
            if (isFree || (_model.HasSampling && topP >= 0.95m))
            {
                json.WriteNumber("top_p"u8, topP);
            }
            else
            {
                _context.Dropped("top_p");
            }
        }

        if (_request.TopK is { } topK)
        {
            if (isFree)
            {
                json.WriteNumber("top_k"u8, topK);
            }
            else
            {
                _context.Dropped("top_k");
            }
        }
    }

    private void WriteStop(Utf8JsonWriter json)
    {
        var sequences = _request.Stop.Where(sequence => !string.IsNullOrWhiteSpace(sequence)).ToList();
        if (sequences.Count < _request.Stop.Count)
        {
            _context.Dropped("stop");
        }

        if (sequences.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stop_sequences"u8);
        foreach (var sequence in sequences)
        {
            json.WriteStringValue(sequence);
        }

        json.WriteEndArray();
    }

    private void WriteUser(Utf8JsonWriter json)
    {
        const int MaxLength = 512;
        if (_request.EndUser is not { Length: > 0 } user)
        {
            return;
        }

        if (user.Length > MaxLength)
        {
            _context.Dropped("user");
            return;
        }

        json.WriteStartObject("metadata"u8);
        json.WriteString("user_id"u8, user);
        json.WriteEndObject();
    }

    private void WriteTier(Utf8JsonWriter json)
    {
        switch (_request.ServiceTier)
        {
            case null:
                break;
            case "auto" or "standard_only":
                json.WriteString("service_tier"u8, _request.ServiceTier);
                break;
            case "default":
                json.WriteString("service_tier"u8, "standard_only"u8);
                break;
            default:
                _context.Dropped("service_tier");
                break;
        }
    }

    private void ReportDropped()
    {
        DropIf(_request.Seed is not null, "seed");
        DropIf(_request.FrequencyPenalty is not (null or 0), "frequency_penalty");
        DropIf(_request.PresencePenalty is not (null or 0), "presence_penalty");
        DropIf(_request.Verbosity is not null, "verbosity");
        DropIf(_request.Metadata.Count > 0, "metadata");
        foreach (var field in _request.Unmapped)
        {
            _context.Losses.Dropped(field);
        }
    }

    private void DropIf(bool isSet, string field)
    {
        if (isSet)
        {
            _context.Dropped(field);
        }
    }
}
