using System.Text.RegularExpressions;

namespace Gateway.Contracts.Contents;

/// <summary>What is taken out of content before it is kept: rules by name, and patterns of one's own.</summary>
public static class RedactionRules
{
    public const string Email = "email";
    public const string Phone = "phone";
    public const string CardNumber = "card_number";
    public const string Iban = "iban";
    public const string IpAddress = "ip_address";
    public const string Secret = "secret";

    /// <summary>Before a pattern of one's own, in .NET's syntax without what needs backtracking.</summary>
    public const string PatternPrefix = "regex:";

    public const int MaxRules = 20;

    private const int MaxPatternLength = 200;

    public static IReadOnlyList<string> BuiltIn { get; } = [Secret, Email, Iban, CardNumber, IpAddress, Phone];

    public static bool IsValid(string rule)
        => BuiltIn.Contains(rule, StringComparer.Ordinal)
            || (rule.StartsWith(PatternPrefix, StringComparison.Ordinal) && rule.Length is > 6 and <= MaxPatternLength && IsPattern(rule[PatternPrefix.Length..]));

    /// <summary>Its time grows with the text alone, whatever the text is.</summary>
    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static bool IsPattern(string pattern)
    {
        try
        {
            // One that is found in nothing would be found everywhere.
            return !Compile(pattern).IsMatch("");
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
