using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Specs;

namespace Tests.Translation;

/// <summary>A provider's dialect as the translation tests see it: where its fixtures are, and how they are read and written.</summary>
/// <param name="Folder">Below the fixtures.</param>
internal sealed record ProviderFamily(
    string Name, string Folder, Func<Fixture, EventReader> CreateReader, Action<Fixture, ReadOnlyMemory<byte>, List<StreamEvent>> ReadBody)
{
    public static IReadOnlyList<ProviderFamily> All { get; } =
    [
        new("openai-chat", "openai-chat", _ => new ChatEventReader(), (_, body, events) => ChatAnswerReader.Read(body, events))
        {
            Requests = new RequestDialect(
                SpecNames.ChatRequest,
                body => ChatRequestReader.Read(body),
                (request, context) => ChatRequestWriter.Write(request, ChatProfile.OpenAI, context),
                ChatNormalisation.Of),
            ExcludedRequests = fixture => fixture.Kinds.Contains("req:modalities") ? "answers in sound are for clients that speak the provider's own format" : null,
        },
    ];

    /// <summary>Null where the provider has no client format of the same speech.</summary>
    public RequestDialect? Requests { get; init; }

    /// <summary>Why an answer is not read; null when it is.</summary>
    public Func<Fixture, string?> Excluded { get; init; } = _ => null;

    /// <summary>Why a request is not read; null when it is.</summary>
    public Func<Fixture, string?> ExcludedRequests { get; init; } = _ => null;

    public override string ToString() => Name;
}

/// <summary>Requests of a provider's dialect, read and written again.</summary>
/// <param name="Normalise">Makes two spellings of the same request equal, each rule with its reason.</param>
internal sealed record RequestDialect(
    string Spec,
    Func<ReadOnlyMemory<byte>, LlmRequest> Read,
    Func<LlmRequest, RequestContext, byte[]> Write,
    Action<System.Text.Json.Nodes.JsonObject, LlmRequest> Normalise);
