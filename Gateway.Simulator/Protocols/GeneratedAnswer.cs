using System.Globalization;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Protocols;

/// <summary>An answer in no protocol's form.</summary>
internal sealed record GeneratedAnswer
{
    public required string Model { get; init; }

    public required bool Stream { get; init; }

    /// <summary>Usage is in the answer; <see cref="Usage"/> null means counted, by slots.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>No usage, whoever asks for it.</summary>
    public bool OmitUsage { get; init; }

    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>What the model thinks, in pieces as the text.</summary>
    public IReadOnlyList<string> Reasoning { get; init; } = [];

    public IReadOnlyList<AnswerToolCall> ToolCalls { get; init; } = [];

    public AnswerFinish Finish { get; init; }

    public AnswerUsage? Usage { get; init; }

    public AnswerOddUsage? OddUsage { get; init; }

    public bool RepeatUsage { get; init; }

    public bool OmitTerminator { get; init; }

    public int FirstIndex { get; init; }

    public bool RepeatIds { get; init; }

    /// <summary>The counts as they are written.</summary>
    public string InputText => OddUsage?.Input ?? Usage?.Input.ToString(CultureInfo.InvariantCulture) ?? $"{ByteTemplate.InputTokens}";

    /// <summary>For those who count apart what was read from a cache.</summary>
    public string FreshInputText => OddUsage?.Input
        ?? (Usage is { } usage ? Math.Max(0, usage.Input - usage.CachedInput).ToString(CultureInfo.InvariantCulture) : $"{ByteTemplate.InputTokens}");

    public string OutputText => OddUsage?.Output ?? OutputTokens.ToString(CultureInfo.InvariantCulture);

    public string TotalText => Usage is { } usage
        ? (usage.Input + usage.Output).ToString(CultureInfo.InvariantCulture) : $"{ByteTemplate.TotalTokens}";

    /// <summary>The simulator's rule: a token is one piece of text, or one tool call.</summary>
    public long OutputTokens => Usage?.Output ?? Pieces.Count + Reasoning.Count + ToolCalls.Count;

    /// <summary>An answer as the script tells, cut at the caller's output cap.</summary>
    public static GeneratedAnswer From(Answer script, in RequestFacts request)
    {
        var pieces = script.Text is { } text ? DefaultText.PiecesOf(text)
            : script.ToolCalls.Count > 0 ? []
            : DefaultText.Pieces(Math.Min(script.Tokens, request.OutputCap ?? script.Tokens));
        var isCut = script.Text is null && script.ToolCalls.Count == 0 && request.OutputCap < script.Tokens;
        if (request.OutputCap < pieces.Length)
        {
            pieces = pieces[..request.OutputCap.Value];
            isCut = true;
        }

        if (script.PieceLength > 0)
        {
            pieces = [.. pieces.Select(piece => piece.PadRight(script.PieceLength, 'a'))];
        }

        if (script.SplitSurrogates && request.Stream)
        {
            pieces = [.. pieces.SelectMany(Halves)];
        }

        return new GeneratedAnswer
        {
            Model = request.Model ?? "",
            Stream = request.Stream,
            OmitUsage = script.OmitUsage,
            IncludeUsage = !script.OmitUsage && (!request.Stream || request.IncludeUsage),
            Pieces = pieces,
            Reasoning = script.Reasoning is { } reasoning ? DefaultText.PiecesOf(reasoning) : [],
            ToolCalls = script.ToolCalls,
            Usage = script.Usage,
            OddUsage = script.OddUsage,
            RepeatUsage = script.RepeatUsage,
            OmitTerminator = script.OmitTerminator,
            FirstIndex = script.FirstIndex,
            RepeatIds = script.RepeatIds,
            Finish = script.Finish
                ?? (isCut ? AnswerFinish.Length
                : script.ToolCalls.Count > 0 ? AnswerFinish.ToolCalls
                : AnswerFinish.Stop),
        };
    }

    private static IEnumerable<string> Halves(string piece)
    {
        var start = 0;
        for (var index = 1; index < piece.Length; index++)
        {
            if (char.IsLowSurrogate(piece[index]))
            {
                yield return piece[start..index];
                start = index;
            }
        }

        yield return piece[start..];
    }
}
