using System.Buffers;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;
using Gateway.Simulator.Specs;

namespace Tests.Translation;

/// <summary>A client's format as the translation tests see it: how answers are written, what they are held against, how they are read back.</summary>
internal sealed record ClientDialect(
    string Name,
    IClientFormat Format,
    string AnswerSpec,
    string EventSpec,
    Func<EventReader> CreateReader,
    Action<ReadOnlyMemory<byte>, List<StreamEvent>> ReadBody)
{
    public static IReadOnlyList<ClientDialect> All { get; } =
    [
        new("chat", ChatFormat.Instance, SpecNames.ChatAnswer, SpecNames.ChatChunk, () => new ChatEventReader(), ChatAnswerReader.Read)
        {
            Tolerated = new Dictionary<string, string> { ["tool_calls[0].type must be one of [\"function\"], not \"custom\""] = "chunks of custom tools are newer than the spec" },
        },
        new("responses", ResponsesFormat.Instance, SpecNames.ResponsesAnswer, SpecNames.ResponsesEvent, () => new ResponsesEventReader(), ResponsesAnswerReader.Read)
        {
            Tolerated = new Dictionary<string, string>
            {
                ["user must be \"string\", not Null"] = "recorded answers have a user of null",
                ["usage must be \"object\", not Null"] = "recorded answers have a usage of null while they are made",
                ["action.sources["] = "sources of the kind 'api' are newer than the spec",
            },
        },
        new(
            "messages",
            MessagesFormat.Instance,
            SpecNames.MessagesAnswer,
            SpecNames.MessagesEvent,
            () => new MessagesEventReader(),
            (body, events) => MessagesAnswerReader.Read(body, events))
        {
            NeedsWholeArguments = true,
            IsAsItsMakerWroteIt = streamEvent => streamEvent
                is NativePartAdded { Part.Origin: Origins.Anthropic } or CitationAdded { Citation.Native: (Origins.Anthropic, _) },
            Tolerated = new Dictionary<string, string>
            {
                ["id must match"] = "a call's id is the provider's own: it is what comes back",
                ["citations is missing"] = "recorded texts without citations have no such field, and clients take no null",
            },
        },
    ];

    /// <summary>Violations that are the spec's own fault, by a part of their text, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Tolerated { get; init; } = new Dictionary<string, string>();

    /// <summary>A part that this format passes on as it is, whatever is in it.</summary>
    public Predicate<StreamEvent> IsAsItsMakerWroteIt { get; init; } = _ => false;

    /// <summary>A whole answer of it has a call's arguments as an object.</summary>
    public bool NeedsWholeArguments { get; init; }

    public byte[] WriteBody(IEnumerable<StreamEvent> events, LossReport? losses = null)
        => Write(Format.CreateBodyWriter(Context(stream: false, losses)), events);

    public byte[] WriteStream(IEnumerable<StreamEvent> events, LossReport? losses = null)
        => Write(Format.CreateStreamWriter(Context(stream: true, losses)), events);

    public override string ToString() => Name;

    private static byte[] Write(IAnswerWriter writer, IEnumerable<StreamEvent> events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var streamEvent in events)
        {
            writer.Write(output, streamEvent);
        }

        return output.WrittenSpan.ToArray();
    }

    private static AnswerContext Context(bool stream, LossReport? losses) => new(
        new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
        new LlmRequest { Model = "client-model", Stream = stream, IncludeUsage = true },
        1767225600,
        losses ?? new LossReport());
}
