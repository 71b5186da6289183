using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Changes;

/// <summary>A version as <c>ETag</c> and <c>If-Match</c> spell it.</summary>
internal static class EntityTag
{
    private const int MaxTags = 20;

    public static string Of(Guid version) => $"\"{version:N}\"";

    /// <param name="values">The lines of <c>If-Match</c>.</param>
    /// <param name="condition">Null for <c>*</c>: whatever version it has.</param>
    public static bool TryRead(IList<string> values, out IReadOnlyList<string>? condition)
    {
        condition = null;
        if (!EntityTagHeaderValue.TryParseStrictList(values, out var tags) || tags.Count > MaxTags)
        {
            return false;
        }

        if (!tags.Contains(EntityTagHeaderValue.Any))
        {
            // A weak tag says that two states are as good as the same, and a change asks for more than that.
            condition = [.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString())];
        }

        return true;
    }
}
