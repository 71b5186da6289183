using System.Text.RegularExpressions;
using Gateway.Contracts.Contents;

namespace Gateway.Edge.Contents;

/// <summary>Takes out of a text what its project's rules name, and leaves the rule's name in its place.</summary>
internal sealed partial class Redactor
{
    private const int MinIbanLength = 15;

    /// <summary>The usual ones first.</summary>
    private static readonly int[] CardLengths = [16, 15, 14, 13, 19, 18, 17];

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
        RedactionRules.Phone => text => Phones().Replace(text, match => IsPhone(match.Value) ? "[phone]" : match.Value),
        RedactionRules.CardNumber => text => CardNumbers().Replace(text, match => WithoutCardNumber(match.Value)),
        RedactionRules.Iban => text => Ibans().Replace(text, match => WithoutIban(match.Value)),
        RedactionRules.IpAddress => text => IpAddresses().Replace(text, match => System.Net.IPAddress.TryParse(match.Value, out _) ? "[ip_address]" : match.Value),
        RedactionRules.Secret => text => Secrets().Replace(text, "[secret]"),
        _ => RedactionRules.Compile(rule[RedactionRules.PatternPrefix.Length..]) is var own ? text => own.Replace(text, "[redacted]") : text => text,
    };

    /// <summary>Digits alone are an id or a time more often than a number to call, and so is a date.</summary>
    private static bool IsPhone(string text)
    {
        var digits = text.Count(char.IsAsciiDigit);
        return text[0] == '+'
            ? digits is >= 8 and <= 15
            : digits is >= 9 and <= 15 && text.Any(character => !char.IsAsciiDigit(character)) && !Dates().IsMatch(text);
    }

    /// <summary>Luhn's check digit: most long numbers are none. Other digits may stand beside it.</summary>
    private static string WithoutCardNumber(string text)
    {
        var places = Enumerable.Range(0, text.Length).Where(place => char.IsAsciiDigit(text[place])).ToArray();
        var digits = Array.ConvertAll(places, place => text[place] - '0');
        foreach (var length in CardLengths)
        {
            for (var start = 0; start + length <= digits.Length; start++)
            {
                if (HasCheckDigit(digits.AsSpan(start, length)))
                {
                    return $"{text[..places[start]]}[card_number]{text[(places[start + length - 1] + 1)..]}";
                }
            }
        }

        return text;
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

    /// <summary>ISO 7064: the number, its country behind it, is 1 modulo 97. Words may stand behind it.</summary>
    private static string WithoutIban(string text)
    {
        // The shortest that ends where a word does, else the longest: what stands behind one is not to be eaten.
        var ends = Enumerable.Range(MinIbanLength, text.Length - MinIbanLength + 1).ToList();
        foreach (var length in ends.Where(end => end < text.Length && text[end] == ' ').Concat(ends.AsEnumerable().Reverse()))
        {
            if (text[length - 1] != ' ' && IsIban(text[..length].Replace(" ", "", StringComparison.Ordinal)))
            {
                return $"[iban]{text[length..]}";
            }
        }

        return text;
    }

    private static bool IsIban(string text)
    {
        if (text.Length is < MinIbanLength or > 34)
        {
            return false;
        }

        var rest = 0;
        foreach (var character in text[4..] + text[..4])
        {
            var value = char.IsAsciiDigit(character) ? character - '0' : char.ToUpperInvariant(character) - 'A' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return rest == 1;
    }

    [GeneratedRegex(@"^(19|20)\d\d-\d\d-\d\d", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Dates();

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
