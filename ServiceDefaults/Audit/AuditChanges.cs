using System.Text.Json.Nodes;

namespace ServiceDefaults.Audit;

/// <summary>What is different between two views of a resource.</summary>
internal static class AuditChanges
{
    /// <summary>What goes on by itself.</summary>
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "updated_at", "current_usage", "total_usage", "total_requests", "last_used_at", "budget_resets_at",
    };

    /// <summary>The path of such an address is often a password.</summary>
    private static readonly HashSet<string> SecretUrls = new(StringComparer.Ordinal) { "webhook_url" };

    /// <summary>Each field that differs, with its value before and after; null stands for a resource that is not there.</summary>
    public static JsonObject Between(JsonObject? before, JsonObject? after, AuditKeys keys)
    {
        var changes = new JsonObject();
        foreach (var name in (before ?? []).Concat(after ?? []).Select(field => field.Key).Distinct(StringComparer.Ordinal).Where(name => !Left.Contains(name)))
        {
            var (was, isNow) = (before?[name], after?[name]);
            if (!JsonNode.DeepEquals(was, isNow))
            {
                changes[name] = new JsonObject { ["before"] = Show(name, was, keys), ["after"] = Show(name, isNow, keys) };
            }
        }

        return changes;
    }

    private static JsonNode? Show(string name, JsonNode? value, AuditKeys keys)
        => value is not null && SecretUrls.Contains(name) && value.GetValue<string>() is var text
            ? $"{(Uri.TryCreate(text, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Scheme) + url.Host : "")} {keys.Digest(text)}"
            : value?.DeepClone();
}
