using System.Text.Json.Nodes;

namespace ServiceDefaults.Audit;

/// <summary>What is different between two views of a resource.</summary>
internal static class AuditChanges
{
    /// <summary>Secrets, which a view has once at most; and what goes on by itself.</summary>
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "key", "api_key", "updated_at", "current_usage", "total_usage", "total_requests", "last_used_at", "budget_resets_at",
    };

    /// <summary>Each field that differs, with its value before and after; null stands for a resource that is not there.</summary>
    public static JsonObject Between(JsonObject? before, JsonObject? after)
    {
        var changes = new JsonObject();
        foreach (var name in (before ?? []).Concat(after ?? []).Select(field => field.Key).Distinct(StringComparer.Ordinal).Where(name => !Left.Contains(name)))
        {
            var (was, isNow) = (before?[name], after?[name]);
            if (!JsonNode.DeepEquals(was, isNow))
            {
                changes[name] = new JsonObject { ["before"] = was?.DeepClone(), ["after"] = isNow?.DeepClone() };
            }
        }

        return changes;
    }
}
