namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rule that names of resources and endpoints follow: they become DNS labels when deployed.</summary>
internal static class ResourceName
{
    private const int MaxLength = 64;

    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var fault = name switch
        {
            { Length: > MaxLength } => $"is longer than {MaxLength} characters",
            _ when !char.IsAsciiLetter(name[0]) => "must start with an ASCII letter",
            _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => "may hold only ASCII letters, digits and hyphens",
            _ when name.Contains("--", StringComparison.Ordinal) => "holds two hyphens in a row",
            _ when name.EndsWith('-') => "ends with a hyphen",
            _ => null,
        };
        if (fault is not null)
        {
            throw new ArgumentException($"Resource name '{name}' is invalid: it {fault}.", nameof(name));
        }
    }
}
