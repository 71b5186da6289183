using System.Globalization;

namespace Gateway.Llm.Responses;

/// <summary>What OpenAI's model names say of the fields that a model takes.</summary>
public static class ResponsesModels
{
    /// <summary>
    /// Models that reason refuse sampling fields, and those that don't refuse every field about reasoning. The name of an Azure deployment may
    /// say nothing, and then it does not.
    /// </summary>
    public static bool Reasons(string model)
    {
        var name = NameOf(model);
        if (name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]))
        {
            return true;
        }

        if (!name.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase))
        {
            return name.StartsWith("codex-", StringComparison.OrdinalIgnoreCase);
        }

        var digits = name["gpt-".Length..].TakeWhile(char.IsAsciiDigit).Count();
        return int.TryParse(name.AsSpan("gpt-".Length, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            && generation >= 5
            && !name.Contains("-chat", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>From gpt-5.1 on a model samples while it does not reason, and by default it does not.</summary>
    public static bool Samples(string model, bool isToReason)
        => !Reasons(model) || (!isToReason && NameOf(model).StartsWith("gpt-5.", StringComparison.OrdinalIgnoreCase));

    private static string NameOf(string model) => model[(model.LastIndexOf('/') + 1)..];
}
