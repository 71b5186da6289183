using System.Buffers;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>
/// Makes output items of the events of an answer. Whoever writes a stream is told each step of it; whoever writes a body waits for the end.
/// </summary>
public abstract class ResponsesWriter(AnswerContext context) : IAnswerWriter
{
    private readonly List<OutputItem> _items = [];
    private readonly Dictionary<int, CallItem> _calls = [];
    private OutputItem? _open;
    private bool _hasStarted;

    private protected AnswerContext Context => context;

    private protected IReadOnlyList<OutputItem> Items => _items;

    private protected IBufferWriter<byte> Output { get; private set; } = null!;

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        Output = output;
        if (!_hasStarted)
        {
            _hasStarted = true;
            Started();
        }

        switch (streamEvent)
        {
            case TextDelta delta:
                AddText(delta.Text, isRefusal: false);
                break;
            case RefusalDelta delta:
                AddText(delta.Text, isRefusal: true);
                break;
            case ReasoningDelta delta:
                AddReasoning(delta.Text);
                break;
            case ReasoningSigned signed:
                Sign(signed);
                break;
            case TextSigned signed:
                AddState(signed.State with { Id = ResponsesVocabulary.StateOfText });
                break;
            case ToolCallStarted started:
                AddCall(started);
                break;
            case ToolCallDelta delta:
                if (_calls.TryGetValue(delta.Index, out var call))
                {
                    call.Arguments.Append(delta.ArgumentsPart);
                    ArgumentsAdded(call, delta.ArgumentsPart);
                }

                break;
            case CitationAdded added:
                AddCitation(added.Citation);
                break;
            case LogprobsAdded added:
                OpenPart(isRefusal: false).Part.Logprobs.Add(added.Content);
                break;
            case NativePartAdded added:
                AddNative(added.Part);
                break;
            case PartEnded:
                EndPart();
                break;
            case MessageEnded ended:
                End(ended);
                break;
        }
    }

    private protected virtual void Started()
    {
    }

    private protected virtual void ItemAdded(OutputItem item)
    {
    }

    private protected virtual void PartAdded(MessageItem item, ContentPart part)
    {
    }

    private protected virtual void TextAdded(MessageItem item, ContentPart part, string text)
    {
    }

    private protected virtual void CitationAdded(MessageItem item, ContentPart part, Citation citation)
    {
    }

    private protected virtual void PartDone(MessageItem item, ContentPart part)
    {
    }

    private protected virtual void ReasoningAdded(ReasoningItem item, string text)
    {
    }

    private protected virtual void ArgumentsAdded(CallItem item, string piece)
    {
    }

    private protected virtual void ItemDone(OutputItem item)
    {
    }

    private protected abstract void Ended(MessageEnded ended, string status, string? incompleteReason);

    private void AddText(string text, bool isRefusal)
    {
        if (text.Length == 0)
        {
            return;
        }

        var (message, part) = OpenPart(isRefusal);
        part.Text.Append(text);
        TextAdded(message, part, text);
    }

    /// <summary>Texts in a row are parts of one message.</summary>
    private (MessageItem Message, ContentPart Part) OpenPart(bool isRefusal)
    {
        if (_open is not MessageItem message)
        {
            message = Begin(index => new MessageItem(ResponsesVocabulary.ItemId(context, "msg", index), index));
        }

        if (message.Open is { } open && open.IsRefusal == isRefusal)
        {
            return (message, open);
        }

        EndPartOf(message);
        var part = new ContentPart(message.Parts.Count, isRefusal);
        PartAdded(message, part);
        message.Parts.Add(part);
        message.Open = part;
        return (message, part);
    }

    private void AddReasoning(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_open is not ReasoningItem reasoning)
        {
            reasoning = BeginReasoning();
        }

        reasoning.Text.Append(text);
        ReasoningAdded(reasoning, text);
    }

    private void Sign(ReasoningSigned signed)
    {
        var state = signed.IsRedacted && signed.State.Origin != Origins.OpenAI ? signed.State with { Id = ResponsesVocabulary.Redacted } : signed.State;
        if (_open is ReasoningItem reasoning)
        {
            reasoning.EncryptedContent = IncludesState ? state.ToField(Origins.OpenAI) : null;
        }
        else
        {
            AddState(state);
        }
    }

    /// <summary>A state that belongs to no reasoning text is an item of its own.</summary>
    private void AddState(OpaqueState state)
    {
        if (!IncludesState)
        {
            return;
        }

        BeginReasoning().EncryptedContent = state.ToField(Origins.OpenAI);
        Close("completed");
    }

    /// <summary>Anyone who stores the answer, the gateway or the client itself, needs its state to go on.</summary>
    private bool IncludesState => context.Request.Reasoning?.IncludeState != false;

    private ReasoningItem BeginReasoning() => Begin(index => new ReasoningItem(ResponsesVocabulary.ItemId(context, "rs", index), index));

    private void AddCall(ToolCallStarted started)
    {
        if (started.State is { } state)
        {
            AddState(state with { Id = ResponsesVocabulary.StateOfCall });
        }

        _calls[started.Index] = Begin(index => new CallItem(ResponsesVocabulary.ItemId(context, started.IsFreeform ? "ctc" : "fc", index), index, started));
    }

    private void AddCitation(Citation citation)
    {
        if (citation.Url is null && citation.Native is not { Origin: Origins.OpenAI })
        {
            // Documents of the request have no address, and no annotation names them.
            context.Losses.Dropped("annotations");
            return;
        }

        var (message, part) = OpenPart(isRefusal: false);
        var length = part.Text.Length;
        citation = citation with { Start = citation.Start ?? length, End = citation.End ?? length };
        part.Citations.Add(citation);
        CitationAdded(message, part, citation);
    }

    private void AddNative(NativePart part)
    {
        if (!ResponsesVocabulary.IsItem(part))
        {
            context.Losses.Dropped("output");
            return;
        }

        Begin(index => new NativeItem(part.Json.FindText("id") ?? ResponsesVocabulary.ItemId(context, "item", index), index, part.Json));
        Close("completed");
    }

    private T Begin<T>(Func<int, T> create)
        where T : OutputItem
    {
        Close("completed");
        var item = create(_items.Count);
        ItemAdded(item);
        _items.Add(item);
        _open = item;
        return item;
    }

    private void EndPart()
    {
        if (_open is MessageItem message)
        {
            EndPartOf(message);
        }
        else
        {
            Close("completed");
        }
    }

    private void EndPartOf(MessageItem message)
    {
        if (message.Open is { } part)
        {
            message.Open = null;
            PartDone(message, part);
        }
    }

    private void Close(string status)
    {
        if (_open is not { } item)
        {
            return;
        }

        _open = null;
        if (item is MessageItem message)
        {
            EndPartOf(message);
        }

        item.Status = status;
        ItemDone(item);
    }

    private void End(MessageEnded ended)
    {
        var (status, reason) = ResponsesVocabulary.WriteStatus(ended.Reason, _items.Count > 0);
        Close(status == "completed" ? status : "incomplete");
        if (ended.Reason == FinishReason.Pause)
        {
            context.Losses.Changed("status");
        }

        Ended(ended, status, reason);
    }
}
