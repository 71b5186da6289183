namespace Gateway.Contracts.Contents;

/// <summary>A project wants the content of its calls kept: for how long, and without what.</summary>
/// <param name="RetentionDays">After them it is deleted.</param>
/// <param name="Redaction">See <see cref="RedactionRules"/>; null is all that are built in.</param>
public sealed record ContentRules(int RetentionDays, IReadOnlyList<string>? Redaction)
{
    public const int MaxRetentionDays = 365;
    public const int DefaultRetentionDays = 30;
}
