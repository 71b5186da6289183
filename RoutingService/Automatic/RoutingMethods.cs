namespace RoutingService.Automatic;

/// <summary>How a model was found, as <c>routing.method</c> says it.</summary>
internal static class RoutingMethods
{
    public const string NvidiaClassifier = "nvidia_classifier";
    public const string Heuristic = "heuristic";
    public const string ArgMax = "arg_max";
    public const string UserSpecified = "user_specified";

    /// <summary>The classifier failed, and the heuristic decided in its place.</summary>
    public const string FallbackHeuristic = "fallback_heuristic";

    /// <summary>There was no classification, and the length of the prompt decided.</summary>
    public const string FallbackTokenLength = "fallback_token_length";
}
