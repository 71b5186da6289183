namespace Gateway.Contracts.Keys;

/// <summary>The models that a key may name. The rules see the name that the client sent, whatever it leads to.</summary>
/// <param name="Allowed">Null allows every model.</param>
/// <param name="Denied">Wins over <paramref name="Allowed"/>.</param>
public sealed record ModelAccess(IReadOnlyList<string>? Allowed, IReadOnlyList<string>? Denied)
{
    public static ModelAccess Everything { get; } = new(null, null);

    public bool Allows(string model) => ModelPattern.Candidates(model).All(AllowsOne);

    private bool AllowsOne(string model)
        => !IsDenied(model) && (Allowed is null || Allowed.Any(pattern => ModelPattern.Matches(pattern, model)));

    /// <summary>
    /// A denied model stays so behind its provider's name and in other letters: what providers make of either is their own affair.
    /// </summary>
    private bool IsDenied(string model)
        => Denied is not null && Denied.Any(pattern =>
            ModelPattern.Matches(pattern, model, StringComparison.OrdinalIgnoreCase)
            || (model.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
                && ModelPattern.Matches(pattern, model.AsSpan(slash + 1), StringComparison.OrdinalIgnoreCase)));
}
