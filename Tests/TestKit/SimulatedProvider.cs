using Gateway.Llm.Canonical;
using Gateway.Simulator.Protocols;

namespace Tests.TestKit;

/// <summary>A provider that the simulator plays; <see cref="All"/> has one for each adapter, and presets for what differs among compatible ones.</summary>
/// <param name="Path">Behind the simulator's address.</param>
/// <param name="Origin">Who makes its opaque state; one of <see cref="Origins"/>.</param>
public sealed record SimulatedProvider(string Name, string Type, string Model, string Path, string? Origin)
{
    public static IReadOnlyList<SimulatedProvider> All { get; } =
    [
        new("OpenAI", "openai", "gpt-5-mini", "/v1", Origins.OpenAI),
        new("Azure", "azure", "gpt-5-mini", "", Origins.OpenAI),
        new("Anthropic", "anthropic", "claude-sonnet-4-6", "", Origins.Anthropic),
        new("Gemini", "gemini", "gemini-3-pro-preview", "/v1beta", Origins.Gemini),
        new("Vertex", "vertex", "gemini-3-pro-preview", "", Origins.Gemini) { Settings = new Dictionary<string, string> { ["project"] = "a-project" } },
        new("Bedrock", "bedrock", "anthropic.claude-sonnet-4-6-v1:0", "", Origins.Bedrock) { Settings = new Dictionary<string, string> { ["region"] = "us-east-1" } },
        new("compatible", "openai_compatible", "some-model", "/v1", null),
        new("mistral", "mistral", "mistral-large", "/v1", null),
        new("openrouter", "openrouter", "some/model", "/v1", null),
    ];

    /// <summary>Rows of a theory.</summary>
    public static IEnumerable<object[]> Names => All.Select(provider => new object[] { provider.Name });

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What its protocol in the simulator takes for state of its own.</summary>
    public string State => Origin switch
    {
        Origins.OpenAI => ResponsesRules.Encrypt("Let me think."),
        Origins.Bedrock => BedrockRules.Signature,
        _ => AnthropicMessages.Signature,
    };

    public static SimulatedProvider Get(string name) => All.Single(provider => provider.Name == name);

    /// <summary>What comes back to it with a call of <paramref name="tool"/> that it made after having thought "Let me think."; null if it makes no state.</summary>
    public string? StateOfCall(string tool) => Origin switch
    {
        null => null,
        Origins.Gemini => GeminiRules.Signature(tool),
        _ => State,
    };

    public override string ToString() => Name;
}
