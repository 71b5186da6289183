namespace Gateway.Configuration;

/// <summary>What another gateway's configuration became.</summary>
/// <param name="Yaml">A <c>gateway.yaml</c>.</param>
/// <param name="NotCarriedOver">What it does not say any more, and what is to be done about it.</param>
public sealed record ImportResult(string Yaml, IReadOnlyList<string> NotCarriedOver);
