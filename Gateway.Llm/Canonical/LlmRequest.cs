using System.Text.Json;

namespace Gateway.Llm.Canonical;

/// <summary>
/// A request between a client's format and a provider's protocol. Absent stays absent: nothing is filled in that the client has not said.
/// </summary>
public sealed record LlmRequest
{
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>The client wants usage in its stream, where its format lets it choose.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>All turns in order, those of the system in their places.</summary>
    public IReadOnlyList<LlmMessage> Messages { get; init; } = [];

    public IReadOnlyList<LlmTool> Tools { get; init; } = [];

    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Chat's <c>functions</c>, the form before tools: the client reads a call only in the old form.</summary>
    public bool UsesLegacyFunctions { get; init; }

    /// <summary>False forbids several tool calls in one answer.</summary>
    public bool? ParallelToolCalls { get; init; }

    public long? MaxOutputTokens { get; init; }

    public decimal? Temperature { get; init; }

    public decimal? TopP { get; init; }

    public long? TopK { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    public long? Seed { get; init; }

    public decimal? FrequencyPenalty { get; init; }

    public decimal? PresencePenalty { get; init; }

    /// <summary>How many answers are wanted.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>Null is free text.</summary>
    public OutputFormat? Output { get; init; }

    public ReasoningWish? Reasoning { get; init; }

    /// <summary>How long answers should be, in OpenAI's words.</summary>
    public string? Verbosity { get; init; }

    /// <summary>The log probabilities of each token are wanted, with this many alternatives.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Who the client says its end user is.</summary>
    public string? EndUser { get; init; }

    public string? ServiceTier { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The provider is to find out by itself what to cache.</summary>
    public CacheMarker? AutomaticCache { get; init; }

    /// <summary>Fields that the client's format repeats in its answers, by name, as the client wrote them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Echo { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>
    /// Fields of the client's that have no place here, by their path: whoever writes the request for a provider reports them as lost.
    /// </summary>
    public IReadOnlyList<string> Unmapped { get; init; } = [];
}

/// <summary>One turn.</summary>
public sealed record LlmMessage(LlmRole Role, IReadOnlyList<LlmPart> Parts)
{
    public LlmMessage(LlmRole role, string text)
        : this(role, text.Length == 0 ? [] : [new TextPart(text)])
    {
    }

    /// <summary>All of its text parts.</summary>
    public string Text => string.Concat(Parts.OfType<TextPart>().Select(part => part.Text));
}

public enum LlmRole
{
    System,

    /// <summary>OpenAI's name for instructions of the application; others know them as the system's.</summary>
    Developer,

    User,

    Assistant,

    /// <summary>Results of tool calls, and nothing else: text that a format has beside them is a turn of the user's behind it.</summary>
    Tool,
}

/// <summary>The form that the answer must have.</summary>
/// <param name="Schema">Null asks for some JSON object.</param>
public sealed record OutputFormat(JsonElement? Schema)
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public bool? Strict { get; init; }
}

/// <summary>How much the model is to think, and whether what it thinks is to be seen.</summary>
public sealed record ReasoningWish
{
    /// <summary>Null where only a budget was given.</summary>
    public ReasoningEffort? Effort { get; init; }

    public long? BudgetTokens { get; init; }

    /// <summary>The model decides by itself how much (Anthropic's adaptive thinking).</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>OpenAI's word for the summary that is wanted (<c>auto</c>, <c>concise</c>, <c>detailed</c>).</summary>
    public string? Summary { get; init; }

    /// <summary>The opaque state is wanted back, so that the client can replay it.</summary>
    public bool IncludeState { get; init; }
}

public enum ReasoningEffort
{
    None,
    Minimal,
    Low,
    Medium,
    High,
    ExtraHigh,
    Max,
}

/// <summary>The provider is to cache the prompt up to here.</summary>
/// <param name="IsOneHour">One hour in place of the five minutes of every vendor's default.</param>
public sealed record CacheMarker(bool IsOneHour = false);
