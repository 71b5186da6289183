namespace Gateway.Llm.Tokens;

/// <summary>What the split patterns ask of a character.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Punctuation, symbols, controls, and bytes that are not UTF-8.</summary>
    None = 0,

    /// <summary><c>\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}</c>: where a word of o200k begins.</summary>
    WordHead = 1,

    /// <summary><c>\p{Ll}\p{Lm}\p{Lo}\p{M}</c>: where a word of o200k ends.</summary>
    WordTail = 2,

    /// <summary><c>\p{L}</c></summary>
    Letter = 4,

    /// <summary><c>\p{N}</c></summary>
    Number = 8,

    /// <summary><c>\s</c>, line ends included.</summary>
    Space = 16,

    /// <summary><c>[\r\n]</c></summary>
    LineEnd = 32,
}
