using System.Globalization;

namespace BCrypt.Net;

/// <summary>The head of a salt or a hash, <c>$2a$11$</c>.</summary>
internal readonly record struct BCryptSettings(char Revision, int WorkFactor)
{
    public const int MinWorkFactor = 4;
    public const int MaxWorkFactor = 31;
    public const int HeadLength = 7;

    public string WorkFactorDigits => WorkFactor.ToString("D2", CultureInfo.InvariantCulture);

    public static BCryptSettings Parse(string salt)
    {
        ArgumentException.ThrowIfNullOrEmpty(salt);
        if (!salt.StartsWith("$2", StringComparison.Ordinal))
        {
            throw new SaltParseException("Invalid salt version");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(salt.Length, HeadLength, nameof(salt));
        var revision = salt[2];
        if (revision is not ('a' or 'b' or 'x' or 'y') || salt[3] != '$')
        {
            throw new SaltParseException("Invalid salt revision");
        }

        if (salt[6] != '$' || !int.TryParse(salt.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var workFactor))
        {
            throw new SaltParseException("Missing salt rounds");
        }

        return workFactor is >= MinWorkFactor and <= MaxWorkFactor
            ? new BCryptSettings(revision, workFactor)
            : throw new SaltParseException("Salt rounds out of range");
    }

    public override string ToString() => $"$2{Revision}${WorkFactorDigits}";
}
