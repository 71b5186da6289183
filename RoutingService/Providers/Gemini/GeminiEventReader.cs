using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.ServerSentEvents;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Each event is a whole <c>GenerateContentResponse</c> with the parts that are new. Nothing marks the end: the answer is complete when a reason
/// for it has come and the connection ends, since usage and signatures can follow the reason.
/// </summary>
internal sealed class GeminiEventReader(GeminiAnswer answer) : EventReader
{
    private readonly GeminiGrounding _grounding = new();
    private GeminiStreamedArguments? _streamed;
    private OpaqueState? _streamedState;
    private bool _hasStarted;
    private bool _hasCandidate;
    private bool _isTextOpen;
    private int _toolCalls;
    private FinishReason? _finish;
    private LlmUsage? _usage;

    public override void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events)
    {
        var data = SseEvent.Data(frame);
        if (data.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(data, JsonLimits.ReaderOptions);
        using var document = JsonDocument.ParseValue(ref reader);
        Read(document.RootElement, events);
    }

    /// <summary>One response, or in a stream without <c>alt=sse</c> an array of them.</summary>
    public void Read(JsonElement response, List<StreamEvent> events)
    {
        try
        {
            if (response.ValueKind != JsonValueKind.Array)
            {
                ReadResponse(response, events);
                return;
            }

            foreach (var element in response.EnumerateArray())
            {
                ReadResponse(element, events);
            }
        }
        catch (InvalidOperationException exception)
        {
            // A string that is no text, or a value of another kind than it must be.
            throw new JsonException("The answer has a value that cannot be read.", exception);
        }
    }

    public override void End(List<StreamEvent> events)
    {
        EndStreamedCall(events);
        if (_finish is { } reason && !IsEnded)
        {
            IsEnded = true;
            events.Add(new MessageEnded(reason == FinishReason.Stop && _toolCalls > 0 ? FinishReason.ToolCalls : reason, _usage));
        }
    }

    /// <summary>The end of an answer that is no stream, which is complete when it is there.</summary>
    public void EndWhole(List<StreamEvent> events)
    {
        if (_hasCandidate)
        {
            _finish ??= FinishReason.Other;
        }

        End(events);
    }

    private void ReadResponse(JsonElement response, List<StreamEvent> events)
    {
        if (response.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("An answer must be a JSON object.");
        }

        if (GeminiErrors.FindFailure(response) is { } failure)
        {
            events.Add(failure);
            IsEnded = true;
            return;
        }

        if (!_hasStarted)
        {
            _hasStarted = true;
            events.Add(new AnswerStarted(Text(response, "responseId"), Text(response, "modelVersion")));
        }

        if (response.TryGetProperty("candidates", out var candidates) && candidates.ValueKind == JsonValueKind.Array && candidates.GetArrayLength() > 0)
        {
            _hasCandidate = true;
            ReadCandidate(candidates[0], events);
        }
        else if (response.TryGetProperty("promptFeedback", out var feedback) && Text(feedback, "blockReason") is not null)
        {
            _finish = FinishReason.ContentFilter;
        }

        if (response.TryGetProperty("usageMetadata", out var metadata) && GeminiUsage.Read(metadata) is { } usage)
        {
            _usage = usage;
            events.Add(new UsageReported(usage));
        }
    }

    private void ReadCandidate(JsonElement candidate, List<StreamEvent> events)
    {
        var isCited = false;
        if (candidate.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Object
            && content.TryGetProperty("parts", out var parts) && parts.ValueKind == JsonValueKind.Array)
        {
            var left = parts.GetArrayLength();
            foreach (var part in parts.EnumerateArray())
            {
                left--;
                isCited |= ReadPart(part, left == 0 ? candidate : null, events);
            }
        }

        if (!isCited)
        {
            Cite(candidate, events);
        }

        if (candidate.TryGetProperty("logprobsResult", out var logprobs) && GeminiLogprobs.Read(logprobs) is { } tokens)
        {
            events.Add(new LogprobsAdded(tokens));
        }

        if (candidate.TryGetProperty("finishReason", out var finish))
        {
            _finish = finish.ValueKind == JsonValueKind.String ? FromFinishReason(finish.GetString()!) : FinishReason.Other;
        }
    }

    /// <summary>True when the candidate's citations have been read: they come before the part that they are of is closed.</summary>
    /// <param name="candidate">Of the last part.</param>
    private bool ReadPart(JsonElement part, JsonElement? candidate, List<StreamEvent> events)
    {
        var signature = Text(part, "thoughtSignature");
        if (part.TryGetProperty("functionCall", out var call))
        {
            _isTextOpen = false;
            ReadCall(call, signature, events);
        }
        else if (Text(part, "text") is { } text)
        {
            return ReadText(text, part.TryGetProperty("thought", out var thought) && thought.ValueKind == JsonValueKind.True, signature, candidate, events);
        }
        else if (part.ValueKind == JsonValueKind.Object && part.EnumerateObject().Any(member => member.Name is not ("thought" or "thoughtSignature")))
        {
            // Pictures, code and its results, what a tool of Gemini's did.
            _isTextOpen = false;
            events.Add(new NativePartAdded(new NativePart(Origins.Gemini, part.Clone())));
        }
        else if (signature is not null)
        {
            events.Add(new ReasoningSigned(new OpaqueState(Origins.Gemini, signature)));
        }

        return false;
    }

    private bool ReadText(string text, bool isThought, string? signature, JsonElement? candidate, List<StreamEvent> events)
    {
        if (isThought)
        {
            _isTextOpen = false;
            if (text.Length > 0)
            {
                events.Add(new ReasoningDelta(text));
            }

            if (signature is not null)
            {
                events.Add(new ReasoningSigned(new OpaqueState(Origins.Gemini, signature)));
                events.Add(PartEnded.Instance);
            }

            return false;
        }

        if (text.Length > 0)
        {
            _isTextOpen = true;
            _grounding.AddText(text);
            events.Add(new TextDelta(text));
        }

        if (signature is null)
        {
            return false;
        }

        if (candidate is { } cited)
        {
            Cite(cited, events);
        }

        // What is signed stays apart from what is not.
        events.Add(new TextSigned(new OpaqueState(Origins.Gemini, signature)));
        events.Add(PartEnded.Instance);
        _isTextOpen = false;
        return candidate is not null;
    }

    private void ReadCall(JsonElement call, string? signature, List<StreamEvent> events)
    {
        var name = Text(call, "name");
        var continues = call.TryGetProperty("willContinue", out var more) && more.ValueKind == JsonValueKind.True;
        var state = signature is null ? null : new OpaqueState(Origins.Gemini, signature);
        if (name is null || continues || call.TryGetProperty("partialArgs", out _))
        {
            if (name is not null)
            {
                EndStreamedCall(events);
                _streamed = new GeminiStreamedArguments(name, Text(call, "id"));
                _streamedState = state;
            }

            if (call.TryGetProperty("partialArgs", out var partial) && partial.ValueKind == JsonValueKind.Array)
            {
                (_streamed ?? throw new JsonException("Arguments without a call.")).Add(partial);
            }

            if (!continues)
            {
                EndStreamedCall(events);
            }

            return;
        }

        EndStreamedCall(events);
        AddCall(name, Text(call, "id"), call.TryGetProperty("args", out var arguments) ? CompactJson.Write(arguments) : "{}", state, events);
    }

    private void EndStreamedCall(List<StreamEvent> events)
    {
        if (_streamed is { Name: { } name } streamed)
        {
            _streamed = null;
            AddCall(name, streamed.Id, streamed.Write(), _streamedState, events);
        }
    }

    private void AddCall(string name, string? givenId, string arguments, OpaqueState? state, List<StreamEvent> events)
    {
        var index = _toolCalls++;
        var id = givenId is { Length: > 0 } ? givenId : GeminiToolIds.Make(answer.Context.CallId, index);
        if (state is not null)
        {
            answer.Remember(id, state.Value);
        }

        var isFreeform = answer.Freeform.Has(name);
        events.Add(new ToolCallStarted(index, id, name) { State = state, IsFreeform = isFreeform });
        events.Add(new ToolCallDelta(index, isFreeform ? FreeformTools.Unwrap(arguments) : arguments));
        events.Add(PartEnded.Instance);
    }

    private void Cite(JsonElement candidate, List<StreamEvent> events)
    {
        var before = events.Count;
        _grounding.Read(candidate, events);
        if (events.Count > before && !_isTextOpen)
        {
            // The text that they belong to is closed.
            events.RemoveRange(before, events.Count - before);
            answer.Context.Losses.Dropped("citations");
        }
    }

    private static FinishReason FromFinishReason(string reason) => reason switch
    {
        "STOP" => FinishReason.Stop,
        "MAX_TOKENS" => FinishReason.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => FinishReason.ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MISSING_THOUGHT_SIGNATURE"
            or "MALFORMED_RESPONSE" => FinishReason.MalformedToolCall,
        _ => FinishReason.Other,
    };

    private static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
