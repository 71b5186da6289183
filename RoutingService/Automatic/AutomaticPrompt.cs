using System.Buffers;
using System.Text;
using Gateway.Llm.Canonical;
using Gateway.Llm.Tokens;

namespace RoutingService.Automatic;

/// <summary>What automatic routing looks at in a request. Tokens are counted when something asks for them, for most decisions need none.</summary>
internal sealed class AutomaticPrompt
{
    // OpenAI's rule of thumb for cl100k: what a turn costs beside its text, and what the answer's beginning does.
    private const int TokensPerMessage = 4;
    private const int TokensPerRequest = 2;

    private readonly LlmRequest _request;
    private long? _tokens;

    private AutomaticPrompt(LlmRequest request) => _request = request;

    /// <summary>Of the user's last message that has text; empty when there is none.</summary>
    public required string Text { get; init; }

    public required bool HasTools { get; init; }

    public required bool HasImages { get; init; }

    public IReadOnlyList<LlmMessage> Messages => _request.Messages;

    /// <summary>The whole conversation in tokens of cl100k, without pictures and tools, which have rules of their own.</summary>
    public long Tokens => _tokens ??= CountTokens();

    public static AutomaticPrompt From(LlmRequest request) => new(request)
    {
        Text = request.Messages.LastOrDefault(message => message.Role == LlmRole.User && !string.IsNullOrWhiteSpace(message.Text))?.Text ?? "",
        HasTools = request.Tools.Count > 0 && request.ToolChoice?.Mode != ToolChoiceMode.None,
        HasImages = request.Messages.Any(message => HasImage(message.Parts)),
    };

    /// <summary>Short prompts are told by their length: a token has at least one byte, and a character at most three in UTF-8 for each of its units.</summary>
    public bool HasTokens(long atLeast)
        => (_tokens ?? MostTokens()) >= atLeast && Tokens >= atLeast;

    private static bool HasImage(IReadOnlyList<LlmPart> parts)
        => parts.Any(part => part is ImagePart or VideoPart || (part is ToolResultPart result && HasImage(result.Content)));

    private static IEnumerable<string> TextsOf(IReadOnlyList<LlmPart> parts) => parts.SelectMany(part => part switch
    {
        TextPart text => [text.Text],
        ReasoningPart reasoning => [reasoning.Text],
        ToolCallPart call => [call.Name, call.Arguments],
        ToolResultPart result => TextsOf(result.Content),
        DocumentPart { Source: PlainTextSource document } => [document.Text],
        _ => Enumerable.Empty<string>(),
    });

    private static int CountText(string text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return TokenCounter.Cl100k.Count(buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A role is one token.
    private long CountTokens() => TokensPerRequest
        + Messages.Sum(message => TokensPerMessage + 1 + TextsOf(message.Parts).Sum(text => (long)CountText(text)));

    private long MostTokens() => TokensPerRequest
        + Messages.Sum(message => TokensPerMessage + 1 + TextsOf(message.Parts).Sum(text => 3L * text.Length));
}
