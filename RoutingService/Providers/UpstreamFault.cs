namespace RoutingService.Providers;

/// <summary>What a provider said about a failure, as far as it may go on.</summary>
internal sealed record UpstreamFault(string Message, string? Code = null, string? Type = null, string? Param = null)
{
    /// <summary>Half a sentence of each vendor's; others repeat them.</summary>
    private static readonly string[] ContextWords =
    [
        "maximum context length", "context_length_exceeded", "exceeds the context window", "exceeds the available context size", "maximum prompt length",
        "longer than the maximum model length", "prompt is too long", "exceed context limit", "input token count", "Input is too long",
        "Input Tokens Exceeded", "Too many input tokens", "reduce the length of the messages",
    ];

    private static readonly string[] PolicyWords =
    [
        "content management policy", "content filtering policy", "content policy", "usage policy", "our safety system", "Responsible AI practices",
        "blocked by guardrail",
    ];

    private static readonly string[] QuotaWords =
    [
        "exceeded your current quota", "credit balance is too low", "specified API usage limits", "spend limit", "spending limit", "insufficient balance",
        "insufficient credits",
    ];

    private static readonly string[] ModelWords =
    [
        "model identifier is invalid", "access to the model", "access to this model", "model does not exist", "is not found for API version",
    ];

    public static UpstreamFault Unknown { get; } = new("no reason given.");

    /// <summary>The status that the failure should have had, where the provider's own says something else.</summary>
    public int? Status { get; init; }

    /// <summary>When to try again, where the body says it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsContextWindow => Is("context_length_exceeded", "exceed_context_size_error") || Says(ContextWords);

    public bool IsContentPolicy
        => Is("content_filter", "content_policy_violation", "moderation_blocked", "ResponsibleAIPolicyViolation", "cyber_policy") || Says(PolicyWords);

    /// <summary>What waiting does not heal. Google uses OpenAI's words for limits that it names a time for.</summary>
    public bool IsQuota
        => Is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error") || (RetryAfter is null && Says(QuotaWords));

    public bool IsModelMissing => Is("model_not_found", "DeploymentNotFound", "model_decommissioned") || Says(ModelWords);

    /// <summary>A name goes into logs and spans: a short one without surprises, or none.</summary>
    public static string? Name(string? text)
        => text is { Length: > 0 and <= 100 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '[' or ']') ? text : null;

    private bool Is(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Code == name || Type == name)
            {
                return true;
            }
        }

        return false;
    }

    private bool Says(string[] words) => words.Any(word => Message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
