using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Bedrock;

/// <summary>
/// Makes events of content, whole or in pieces. An open tool call is known by its block; a call of the tool that stands for the answer becomes
/// text, and a call that takes plain text waits until it is whole.
/// </summary>
internal sealed class BedrockBlocks(BedrockAnswer answer)
{
    private readonly StringBuilder _held = new();
    private OpenCall? _open;

    /// <summary>How many tools of the client's were called.</summary>
    public int ToolCalls { get; private set; }

    /// <summary>Something of the open block was told.</summary>
    private bool _hasContent;

    public void StartCall(string id, string name, List<StreamEvent> events)
    {
        End(events);
        _hasContent = true;
        if (name == answer.OutputTool)
        {
            _open = new OpenCall(-1, IsFreeform: false);
            return;
        }

        var isFreeform = answer.Freeform.Has(name);
        _open = new OpenCall(ToolCalls++, isFreeform);

        // Some models' ids have characters that clients' formats refuse; what comes back is the same for call and result, so it may be another.
        events.Add(new ToolCallStarted(_open.Index, BedrockNames.ToolUseId(id), name) { IsFreeform = isFreeform });
    }

    public void AddArguments(string fragment, List<StreamEvent> events)
    {
        if (fragment.Length == 0 || _open is not { } open)
        {
            return;
        }

        open.HasArguments = true;
        if (open.IsOutput)
        {
            events.Add(new TextDelta(fragment));
        }
        else if (open.IsFreeform)
        {
            _held.Append(fragment);
        }
        else
        {
            events.Add(new ToolCallDelta(open.Index, fragment));
        }
    }

    public void AddText(string text, List<StreamEvent> events)
    {
        if (text.Length > 0)
        {
            _hasContent = true;
            events.Add(new TextDelta(text));
        }
    }

    /// <summary>A piece of <c>reasoningContent</c>, or the whole of it.</summary>
    public void AddReasoning(JsonElement reasoning, List<StreamEvent> events)
    {
        if (reasoning.TryGetProperty("reasoningText", out var inner))
        {
            reasoning = inner;
        }

        if (BedrockJson.Text(reasoning, "text") is { Length: > 0 } text)
        {
            events.Add(new ReasoningDelta(text));
        }

        if (BedrockJson.Text(reasoning, "signature") is { Length: > 0 } signature)
        {
            events.Add(new ReasoningSigned(new OpaqueState(Origins.Bedrock, signature)));
        }

        if (BedrockJson.Text(reasoning, "redactedContent") is { Length: > 0 } redacted)
        {
            events.Add(new ReasoningSigned(new OpaqueState(Origins.Bedrock, redacted), IsRedacted: true));
        }

        _hasContent = true;
    }

    public static void AddCitation(JsonElement citation, List<StreamEvent> events)
    {
        string? url = null;
        if (citation.TryGetProperty("location", out var location) && location.ValueKind == JsonValueKind.Object && location.TryGetProperty("web", out var web))
        {
            url = BedrockJson.Text(web, "url");
        }

        var cited = citation.TryGetProperty("sourceContent", out var contents) && contents.ValueKind == JsonValueKind.Array
            ? string.Concat(contents.EnumerateArray().Select(content => BedrockJson.Text(content, "text")))
            : null;
        events.Add(new CitationAdded(new Citation
        {
            Url = url,
            Title = BedrockJson.Text(citation, "title"),
            CitedText = cited is { Length: > 0 } ? cited : null,
            Native = (Origins.Bedrock, citation.Clone()),
        }));
    }

    public void AddNative(JsonElement block, List<StreamEvent> events)
    {
        _hasContent = true;
        events.Add(new NativePartAdded(new NativePart(Origins.Bedrock, block.Clone())));
    }

    /// <summary>A whole block of an answer that is no stream.</summary>
    public void AddBlock(JsonElement block, List<StreamEvent> events)
    {
        if (BedrockJson.Text(block, "text") is { } text)
        {
            AddText(text, events);
        }
        else if (block.TryGetProperty("reasoningContent", out var reasoning))
        {
            AddReasoning(reasoning, events);
        }
        else if (block.TryGetProperty("toolUse", out var call) && BedrockJson.Text(call, "type") is null)
        {
            StartCall(BedrockJson.Text(call, "toolUseId") ?? "", BedrockJson.Text(call, "name") ?? "", events);
            AddArguments(call.TryGetProperty("input", out var input) ? CompactJson.Write(input) : "", events);
        }
        else if (block.TryGetProperty("citationsContent", out var cited))
        {
            AddCited(cited, events);
        }
        else
        {
            AddNative(block, events);
        }

        End(events);
    }

    /// <summary>The open block is complete.</summary>
    public void End(List<StreamEvent> events)
    {
        if (_open is { } open)
        {
            _open = null;
            if (open.IsFreeform)
            {
                events.Add(new ToolCallDelta(open.Index, FreeformTools.Unwrap(_held.ToString())));
                _held.Clear();
            }
            else if (!open.HasArguments)
            {
                events.Add(open.IsOutput ? new TextDelta("{}") : new ToolCallDelta(open.Index, "{}"));
            }
        }

        if (_hasContent)
        {
            _hasContent = false;
            events.Add(PartEnded.Instance);
        }
    }

    private void AddCited(JsonElement cited, List<StreamEvent> events)
    {
        if (cited.TryGetProperty("content", out var contents) && contents.ValueKind == JsonValueKind.Array)
        {
            foreach (var content in contents.EnumerateArray())
            {
                AddText(BedrockJson.Text(content, "text") ?? "", events);
            }
        }

        if (cited.TryGetProperty("citations", out var citations) && citations.ValueKind == JsonValueKind.Array)
        {
            foreach (var citation in citations.EnumerateArray())
            {
                AddCitation(citation, events);
            }
        }
    }

    private sealed record OpenCall(int Index, bool IsFreeform)
    {
        public bool IsOutput => Index < 0;

        public bool HasArguments { get; set; }
    }
}
