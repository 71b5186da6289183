namespace UsageService.RequestLog;

/// <summary>
/// The tags of a call as they are stored: each in lines of its own, so that one is found by a part of the text. What a client may send is
/// bounded, as statistics are kept by them.
/// </summary>
internal static class CallTags
{
    public const int MaxTags = 10;
    public const int MaxLength = 50;

    /// <summary>Null for none.</summary>
    public static string? Join(IReadOnlyList<string>? tags)
    {
        if (tags is not { Count: > 0 })
        {
            return null;
        }

        var kept = tags.Select(Clean).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal).Take(MaxTags).ToList();
        return kept.Count == 0 ? null : $"\n{string.Join('\n', kept)}\n";
    }

    public static string[] Split(string? tags) => tags?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>What the text of a call that has the tag holds.</summary>
    public static string Part(string tag) => $"\n{Clean(tag)}\n";

    private static string Clean(string tag)
    {
        var clean = LogText.Clean(tag.Replace('\n', ' ').Trim());
        return clean.Length <= MaxLength ? clean : clean[..(char.IsHighSurrogate(clean[MaxLength - 1]) ? MaxLength - 1 : MaxLength)].TrimEnd();
    }
}
