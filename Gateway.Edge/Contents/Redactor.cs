using System.Text.RegularExpressions;
using Gateway.Contracts.Contents;

namespace Gateway.Edge.Contents;

/// <summary>Takes out of a text what its project's rules name, and leaves the rule's name in its place.</summary>
internal sealed partial class Redactor
{
    private const int MinCardDigits = 13;

    private readonly Func<string, string>[] _rules;

    public Redactor(IReadOnlyList<string>? rules) => _rules = [.. (rules ?? RedactionRules.BuiltIn).Select(RuleOf)];

    public string Redact(string text)
    {
        foreach (var apply in _rules)
        {
            text = apply(text);
        }

        return text;
    }

    private static Func<string, string> RuleOf(string rule) => rule switch
    {
        RedactionRules.Email => text => Emails().Replace(text, "[email]"),
        RedactionRules.Phone => text => Phones().Replace(text, match => match.Value.Count(char.IsAsciiDigit) is >= 8 and <= 15 ? "[phone]" : match.Value),
        RedactionRules.CardNumber => text => CardNumbers().Replace(text, match => IsCardNumber(match.Value) ? "[card_number]" : match.Value),
        RedactionRules.Iban => text => Ibans().Replace(text, match => IsIban(match.Value) ? "[iban]" : match.Value),
        RedactionRules.IpAddress => text => IpAddresses().Replace(text, match => System.Net.IPAddress.TryParse(match.Value, out _) ? "[ip_address]" : match.Value),
        RedactionRules.Secret => text => Secrets().Replace(text, "[secret]"),
        _ => RedactionRules.Compile(rule[RedactionRules.PatternPrefix.Length..]) is var own ? text => own.Replace(text, "[redacted]") : text => text,
    };

    /// <summary>Luhn's check digit: most long numbers are none. Other digits may stand beside it.</summary>
    private static bool IsCardNumber(string text)
    {
        var digits = text.Where(char.IsAsciiDigit).Select(digit => digit - '0').ToArray();
        for (var length = MinCardDigits; length <= digits.Length; length++)
        {
            for (var start = 0; start + length <= digits.Length; start++)
            {
                if (HasCheckDigit(digits.AsSpan(start, length)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasCheckDigit(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var place = 0; place < digits.Length; place++)
        {
            var digit = digits[^(place + 1)] << (place & 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>ISO 7064: the number, its country behind it, is 1 modulo 97.</summary>
    private static bool IsIban(string text)
    {
        var plain = text.Replace(" ", "", StringComparison.Ordinal);
        if (plain.Length is < 15 or > 34)
        {
            return false;
        }

        var rest = 0;
        foreach (var character in plain[4..] + plain[..4])
        {
            var value = char.IsAsciiDigit(character) ? character - '0' : char.ToUpperInvariant(character) - 'A' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return rest == 1;
    }

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Emails();

    [GeneratedRegex(@"\+?\(?\d[\d ()/.\-]{6,20}\d", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Phones();

    [GeneratedRegex(@"\d([ \-]?\d){12,18}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CardNumbers();

    [GeneratedRegex(@"[A-Za-z]{2}\d{2}( ?[A-Za-z0-9]){11,30}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Ibans();

    [GeneratedRegex(@"\b(\d{1,3}(\.\d{1,3}){3}|([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4})\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex IpAddresses();

    /// <summary>Keys of model providers and of this gateway, AWS, GitHub, Slack and Google ones, JSON web tokens, private keys, passwords in URLs.</summary>
    [GeneratedRegex(
        @"(sk|gw|pk|rk)-[A-Za-z0-9_\-]{12,}|(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9\-]{10,}|AIza[A-Za-z0-9_\-]{30,}"
        + @"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?"
        + @"|://[^/\s:@]+:[^/\s:@]+@",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets();
}
