using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Writes a request of any format for a provider that speaks Chat Completions; what it cannot take is reported.</summary>
public static class ChatRequestWriter
{
    public static byte[] Write(LlmRequest request, ChatProfile profile, RequestContext context)
    {
        using var output = new PooledOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, context.Model);
            ChatMessageWriter.Write(writer, request.Messages, profile, context);
            WriteTools(writer, request, profile, context);
            WriteSampling(writer, request, profile, context);
            WriteOutput(writer, request.Output);
            WriteReasoning(writer, request.Reasoning, profile, context);
            WriteRest(writer, request, profile, context);
            if (request.Stream)
            {
                writer.WriteBoolean("stream"u8, true);
                if (profile.HasStreamOptions)
                {
                    // The books need it, also where the client does not.
                    writer.WriteStartObject("stream_options"u8);
                    writer.WriteBoolean("include_usage"u8, true);
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        }

        foreach (var field in request.Unmapped)
        {
            // They have the client's names already.
            context.Losses.Dropped(field);
        }

        return output.ToArray();
    }

    private static void WriteTools(Utf8JsonWriter writer, LlmRequest request, ChatProfile profile, RequestContext context)
    {
        if (request.Tools.Count > 0)
        {
            writer.WriteStartArray("tools"u8);
            for (var index = 0; index < request.Tools.Count; index++)
            {
                WriteTool(writer, request.Tools[index], $"tools[{index}]", profile, context);
            }

            writer.WriteEndArray();
        }

        if (request.ToolChoice is { } choice)
        {
            WriteChoice(writer, choice, request.Tools);
        }

        if (request.ParallelToolCalls is { } parallel)
        {
            if (profile.Has("parallel_tool_calls"))
            {
                writer.WriteBoolean("parallel_tool_calls"u8, parallel);
            }
            else if (!parallel)
            {
                context.Dropped("parallel_tool_calls");
            }
        }
    }

    private static void WriteTool(Utf8JsonWriter writer, LlmTool tool, string param, ChatProfile profile, RequestContext context)
    {
        switch (tool)
        {
            case FunctionTool function:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, function.Name);
                WriteText(writer, "description"u8, function.Description);
                if (function.Parameters is { } parameters)
                {
                    writer.WritePropertyName("parameters"u8);
                    parameters.WriteTo(writer);
                }

                if (function.Strict is { } strict)
                {
                    writer.WriteBoolean("strict"u8, strict);
                }

                writer.WriteEndObject();
                ChatMessageWriter.WriteCache(writer, function.Cache, profile, context);
                writer.WriteEndObject();
                break;
            case FreeformTool custom when profile.HasFreeformTools:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "custom"u8);
                writer.WriteStartObject("custom"u8);
                writer.WriteString("name"u8, custom.Name);
                WriteText(writer, "description"u8, custom.Description);
                if (custom.Format is { } format)
                {
                    writer.WritePropertyName("format"u8);
                    format.WriteTo(writer);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case FreeformTool:
                throw context.Refuse($"{param}.type", "it has no tools that take plain text.");
            case HostedTool hosted:
                throw context.Refuse($"{param}.type", $"it has no tool '{hosted.Type}' of its own.");
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, ToolChoice choice, IReadOnlyList<LlmTool> tools)
    {
        if (choice.Names.Count == 0)
        {
            writer.WriteString("tool_choice"u8, choice.Mode switch
            {
                ToolChoiceMode.None => "none"u8,
                ToolChoiceMode.Required => "required"u8,
                _ => "auto"u8,
            });
            return;
        }

        writer.WriteStartObject("tool_choice"u8);
        if (choice.Mode == ToolChoiceMode.One)
        {
            WriteName(writer, choice.Names[0], tools);
            writer.WriteEndObject();
            return;
        }

        writer.WriteString("type"u8, "allowed_tools"u8);
        writer.WriteStartObject("allowed_tools"u8);
        writer.WriteString("mode"u8, choice.Mode == ToolChoiceMode.Required ? "required"u8 : "auto"u8);
        writer.WriteStartArray("tools"u8);
        foreach (var name in choice.Names)
        {
            writer.WriteStartObject();
            WriteName(writer, name, tools);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter writer, string name, IReadOnlyList<LlmTool> tools)
    {
        var type = tools.Any(tool => tool is FreeformTool && tool.Name == name) ? "custom" : "function";
        writer.WriteString("type"u8, type);
        writer.WriteStartObject(type);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter writer, LlmRequest request, ChatProfile profile, RequestContext context)
    {
        if (request.MaxOutputTokens is { } cap)
        {
            writer.WriteNumber(profile.MaxTokensField, cap);
        }

        WriteNumber(writer, "temperature", request.Temperature);
        WriteNumber(writer, "top_p", request.TopP);
        if (profile.HasTopK)
        {
            WriteNumber(writer, "top_k", request.TopK);
        }
        else if (request.TopK is not null)
        {
            context.Dropped("top_k");
        }

        WriteNumber(writer, "frequency_penalty", request.FrequencyPenalty, profile, context);
        WriteNumber(writer, "presence_penalty", request.PresencePenalty, profile, context);
        WriteNumber(writer, profile.SeedField, request.Seed);
        if (request.Stop.Count > 0)
        {
            writer.WriteStartArray("stop"u8);
            foreach (var stop in request.Stop)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }

        if (request.Choices > 1)
        {
            writer.WriteNumber("n"u8, request.Choices);
        }

        if (request.Logprobs is { } top)
        {
            if (!profile.Has("logprobs"))
            {
                throw context.Refuse("logprobs");
            }

            writer.WriteBoolean("logprobs"u8, true);
            if (top > 0)
            {
                writer.WriteNumber("top_logprobs"u8, top);
            }
        }
    }

    private static void WriteOutput(Utf8JsonWriter writer, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        if (format.Schema is not { } schema)
        {
            writer.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WriteStartObject("json_schema"u8);

            // A name is required here, and not in every format.
            writer.WriteString("name"u8, format.Name ?? "response");
            WriteText(writer, "description"u8, format.Description);
            writer.WritePropertyName("schema"u8);
            schema.WriteTo(writer);
            if (format.Strict is { } strict)
            {
                writer.WriteBoolean("strict"u8, strict);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningWish? wish, ChatProfile profile, RequestContext context)
    {
        if (wish is null)
        {
            return;
        }

        if (wish.Effort is not null || wish.BudgetTokens is not null)
        {
            if (!profile.Has("reasoning_effort"))
            {
                // And with it all that was to come of it.
                context.Dropped("reasoning_effort");
                return;
            }

            writer.WriteString("reasoning_effort"u8, ChatVocabulary.WriteEffort(wish.Effort ?? ChatVocabulary.EffortOf(wish.BudgetTokens!.Value)));
            if (wish.Effort is null)
            {
                context.Changed("thinking.budget_tokens");
            }
        }

        if (wish.Summary is not null)
        {
            context.Dropped("reasoning.summary");
        }

        if (wish.IncludeState)
        {
            context.Dropped("reasoning.encrypted_content");
        }
    }

    private static void WriteRest(Utf8JsonWriter writer, LlmRequest request, ChatProfile profile, RequestContext context)
    {
        WriteText(writer, "verbosity", request.Verbosity, profile, context);
        WriteText(writer, "user", request.EndUser, profile, context);
        if (request.ServiceTier is null or "auto" or "default" or "flex" or "scale" or "priority" or "fast")
        {
            WriteText(writer, "service_tier", request.ServiceTier, profile, context);
        }
        else
        {
            // A tier of another vendor.
            context.Dropped("service_tier");
        }

        if (request.Metadata.Count > 0)
        {
            // OpenAI takes it only with an answer that it is to store, and nothing is stored there.
            context.Dropped("metadata");
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value, ChatProfile profile, RequestContext context)
    {
        if (value is null)
        {
            return;
        }

        if (profile.Has(name))
        {
            writer.WriteString(name, value);
        }
        else
        {
            context.Dropped(name);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, decimal? value, ChatProfile profile, RequestContext context)
    {
        if (value is not null && !profile.Has(name))
        {
            context.Dropped(name);
            return;
        }

        WriteNumber(writer, name, value);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
