using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Configuration.Imports;

/// <summary>Rows of LiteLLM's table of keys, which stores the SHA-256 of a key as <c>token</c>.</summary>
internal static class LiteLlmKeys
{
    private static readonly Dictionary<string, string> Periods = new(StringComparer.Ordinal)
    {
        ["1d"] = "daily", ["24h"] = "daily", ["7d"] = "weekly", ["30d"] = "monthly", ["1mo"] = "monthly",
    };

    private static readonly string[] AllModels = ["all-proxy-models", "all-team-models"];

    /// <summary>Has no meaning elsewhere, or is what was spent.</summary>
    private static readonly string[] Dull =
    [
        "token", "key_name", "key_alias", "models", "max_budget", "budget_duration", "blocked", "expires", "rpm_limit", "tpm_limit", "max_parallel_requests",
        "spend", "created_at", "updated_at", "created_by", "updated_by", "budget_reset_at", "last_active", "rotation_count", "last_rotation_at",
    ];

    public static void Read(string text, ImportedFile file)
    {
        foreach (var (index, row) in Rows(text).Index())
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"key {index + 1}");
            var token = row.TextOf("token") ?? "";
            if (token.Length != 64 || !token.All(char.IsAsciiHexDigit))
            {
                file.Note($"{where} has no 'token' that is a SHA-256.");
                continue;
            }

            var label = row.TextOf("key_alias") is { Length: > 0 } alias ? alias : $"litellm-{token[..8]}";
            var name = ImportedFile.UniqueName(file.Keys, ImportedFile.Literal(label));
            file.Keys[name] = KeyOf(row, token, $"key '{label}'", file);
        }
    }

    private static JsonObject KeyOf(JsonObject row, string token, string where, ImportedFile file)
    {
        var key = new JsonObject { ["hash"] = "sha256:" + token.ToLowerInvariant() };
        if (row.TextOf("key_name") is { Length: > 0 and <= 20 } shown)
        {
            key["key_prefix"] = ImportedFile.Literal(shown);
        }

        if (row["blocked"] is JsonValue blocked && blocked.ToString() is "true" or "True" or "t")
        {
            key["enabled"] = false;
        }

        foreach (var (from, to) in new[] { ("rpm_limit", "rpm_limit"), ("tpm_limit", "tpm_limit"), ("max_parallel_requests", "max_parallel"), ("max_budget", "budget_limit") })
        {
            if (row.NumberOf(from) is { } number)
            {
                key[to] = number;
            }
        }

        if (key["budget_limit"] is not null)
        {
            file.Note("A key with a budget is refused models without a price: give those of your own servers one, by 'prices' or in their deployments, or the key an 'unpriced_policy'.");
        }

        ReadPeriod(row, key, where, file);
        if (row.TextOf("expires") is { Length: > 0 } expires)
        {
            if (DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            {
                key["expires_at"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            }
            else
            {
                key["enabled"] = false;
                file.Note($"{where} expires '{expires}', which is no time: it is switched off.");
            }
        }

        var listed = ListOf(row["models"]).ToList();
        if (listed.Contains("all-team-models"))
        {
            file.Note($"{where} has the models of its team, which are not in its row: it may call all models until it has 'allowed_models'.");
        }

        var models = listed.Where(model => !AllModels.Contains(model)).ToList();
        if (models.Count > 0)
        {
            key["allowed_models"] = new JsonArray([.. models.Select(model => (JsonNode)ImportedFile.Literal(model))]);
        }

        if (row.NumberOf("spend") is > 0)
        {
            file.Note($"{where} has spent {row.TextOf("spend")} dollars there: its budget begins anew.");
        }

        foreach (var (field, value) in row.Where(field => !Dull.Contains(field.Key) && IsSomething(field.Value)))
        {
            file.Note($"{where}: {field} was not carried over.");
        }

        return key;
    }

    private static void ReadPeriod(JsonObject row, JsonObject key, string where, ImportedFile file)
    {
        if (row.TextOf("budget_duration") is not { Length: > 0 } duration)
        {
            return;
        }

        if (Periods.TryGetValue(duration, out var period))
        {
            key["budget_period"] = period;
        }
        else
        {
            file.Note($"{where} has a budget for {duration}, and periods are days, weeks and months: it is for life now.");
        }
    }

    private static bool IsSomething(JsonNode? value)
        => !JsonValues.IsNone(value) && value!.ToString() is not ("" or "{}" or "[]" or "null" or "false" or "f" or "0" or "0.0");

    /// <summary>A list, or the text of one as PostgreSQL, JSON or Python write it.</summary>
    private static IEnumerable<string> ListOf(JsonNode? value) => value switch
    {
        JsonArray list => list.Select(item => item!.ToString()),
        JsonValue text => text.ToString().Trim('{', '}', '[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item => item.Trim('"', '\'')),
        _ => [],
    };

    private static List<JsonObject> Rows(string text)
    {
        if (text.AsSpan().TrimStart() is not ['[' or '{', ..])
        {
            return CsvRows.Read(text);
        }

        try
        {
            var document = JsonNode.Parse(text);
            return [.. (document as JsonArray ?? (document?["keys"] ?? document?["data"]) as JsonArray ?? []).OfType<JsonObject>()];
        }
        catch (JsonException)
        {
            throw new ConfigurationException("The keys cannot be read:", [new ConfigurationFault("", "They are neither JSON nor CSV.")]);
        }
    }
}
