namespace Gateway.Configuration.Imports;

internal static class LiteLlmReference
{
    private const string Prefix = "os.environ/";

    /// <summary>LiteLLM's reference to a variable as one of ours; null for what is none.</summary>
    public static string? Of(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) ? $"${{env:{text[Prefix.Length..]}}}" : null;
}
