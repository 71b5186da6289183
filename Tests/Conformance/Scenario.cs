using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Scripts;

namespace Tests.Conformance;

/// <summary>One thing that a client can ask for, in each client's words, and what the provider answers.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Members of the request beside model and stream, as JSON; null where the format has no words for it.</summary>
    public required Func<ClientFormat, ProviderRow, string?> Request { get; init; }

    public Answer Answer { get; init; } = new() { Text = "All is well." };

    /// <summary>What must stand in the request that the provider gets, unless its loss was reported: nothing gets lost in silence.</summary>
    public string? Marker { get; init; }

    /// <summary>What must be in the answer that the client gets; the reason why it is not, else null.</summary>
    public Func<Translation.AnswerSummary, string?> Check { get; init; } = answer => answer.Text.Contains("All is well.", StringComparison.Ordinal) ? null : "the text is missing";

    /// <summary>The losses that are about this feature; others come with it by the way.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The call is to fail with this status, in the client's format.</summary>
    public int? ExpectedStatus { get; init; }

    /// <summary>The same members for all formats but for the name of the conversation.</summary>
    public static Func<ClientFormat, ProviderRow, string?> With(string? chat, string? responses, string? messages) => (format, _) => format switch
    {
        ClientFormat.Chat => chat is null ? null : chat.Contains("\"messages\"", StringComparison.Ordinal) ? chat : $"{ChatPrompt},{chat}",
        ClientFormat.Responses => responses is null ? null : responses.Contains("\"input\"", StringComparison.Ordinal) ? responses : $"\"input\":\"Hello.\",{responses}",
        _ => messages is null ? null
            : (messages.Contains("\"max_tokens\"", StringComparison.Ordinal) ? "" : "\"max_tokens\":4096,")
                + (messages.Contains("\"messages\"", StringComparison.Ordinal) ? messages : $"{ChatPrompt},{messages}"),
    };

    private const string ChatPrompt = """
        "messages":[{"role":"user","content":"Hello."}]
        """;

    public override string ToString() => Name;
}

/// <summary>A provider of the table.</summary>
/// <param name="Path">Behind the simulator's address.</param>
/// <param name="Origin">Who makes its opaque state; one of <see cref="Origins"/>.</param>
internal sealed record ProviderRow(string Name, string Type, string Model, string Path, string? Origin)
{
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What its protocol in the simulator takes for state of its own.</summary>
    public string State => Origin switch
    {
        Origins.OpenAI => Gateway.Simulator.Protocols.ResponsesRules.Encrypt("Let me think."),
        Origins.Bedrock => Gateway.Simulator.Protocols.BedrockRules.Signature,
        _ => Gateway.Simulator.Protocols.AnthropicMessages.Signature,
    };

    public static IReadOnlyList<ProviderRow> All { get; } =
    [
        new("OpenAI", "openai", "gpt-5-mini", "/v1", Origins.OpenAI),
        new("Azure", "azure", "gpt-5-mini", "", Origins.OpenAI),
        new("Anthropic", "anthropic", "claude-sonnet-4-6", "", Origins.Anthropic),
        new("Gemini", "gemini", "gemini-3-pro-preview", "/v1beta", Origins.Gemini),
        new("Bedrock", "bedrock", "anthropic.claude-sonnet-4-6-v1:0", "", Origins.Bedrock) { Settings = new Dictionary<string, string> { ["region"] = "us-east-1" } },
        new("compatible", "openai_compatible", "some-model", "/v1", null),
        new("mistral", "mistral", "mistral-large", "/v1", null),
        new("openrouter", "openrouter", "some/model", "/v1", null),
    ];
}
