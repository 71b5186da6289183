using System.Diagnostics.CodeAnalysis;

namespace Gateway.Llm.Canonical;

/// <summary>
/// A signature or ciphertext that a provider wants back byte for byte, with the name of who made it: another provider would refuse it.
/// </summary>
/// <param name="Origin">One of <see cref="Origins"/>.</param>
/// <param name="Id">The id of the item that it belongs to, where the provider names one.</param>
public sealed record OpaqueState(string Origin, string Value, string? Id = null)
{
    private const string Prefix = "gw1.";

    /// <summary>
    /// As a client's format carries it in a field of its own: as it is when the field's owner made it, else labelled with its maker.
    /// </summary>
    public string ToField(string fieldOwner) => Origin == fieldOwner ? Value : $"{Prefix}{Origin}.{Value}";

    /// <summary>What <see cref="ToField"/> wrote, or what the field's owner did.</summary>
    public static OpaqueState FromField(string text, string fieldOwner, string? id = null)
        => TryRead(text, out var origin, out var value) ? new OpaqueState(origin, value, id) : new OpaqueState(fieldOwner, text, id);

    private static bool TryRead(string text, [NotNullWhen(true)] out string? origin, [NotNullWhen(true)] out string? value)
    {
        (origin, value) = (null, null);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var dot = text.IndexOf('.', Prefix.Length);
        if (dot < 0)
        {
            return false;
        }

        (origin, value) = (text[Prefix.Length..dot], text[(dot + 1)..]);
        return true;
    }
}

/// <summary>Who makes opaque state: the family of providers that can read it again.</summary>
public static class Origins
{
    public const string OpenAI = "openai";
    public const string Anthropic = "anthropic";
    public const string Gemini = "gemini";
    public const string Bedrock = "bedrock";
}
