using System.Text.Json.Nodes;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Plans;

/// <summary>
/// Prices have no names: a row of the file is there when the gateway has one that says the same. What a row says never changes, so a change is a
/// new row from now on, which ends the one before it.
/// </summary>
internal static class PricePlan
{
    private static readonly string[] KeyFields = ["provider", "provider_type", "model", "service_tier", "region"];

    public static IReadOnlyList<ConfigurationChange> Compare(GatewayFile file, GatewayState state, PlanOptions options, DateTimeOffset now, List<ConfigurationFault> faults)
    {
        var changes = new List<ConfigurationChange>();
        var wanted = (file.Content[FileRules.Prices] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var holding = state.Prices.Where(row => JsonValues.Time(row.Text("effective_to")) is not { } end || end > now).ToList();
        foreach (var row in wanted)
        {
            if (holding.Find(other => IsSame(row, other, now)) is { } same)
            {
                // It is as it should be, whoever made it: a row has nothing that could be changed.
                holding.Remove(same);
                continue;
            }

            if (state.ModelPrices.Any(other => JsonValues.AreSame(row["effective_from"], other["effective_from"]) && IsSame(row, other, now)))
            {
                continue;
            }

            var name = NameOf(row);
            var before = holding.Find(other => HasSameKey(row, other) && other["effective_to"] is null);
            if (before is not null && !GatewayState.IsOfFile(before) && !options.TakesOver)
            {
                faults.Add(new ConfigurationFault($"prices ({name})", "The gateway has another price for it, which is not the file's: take it over, or end it."));
                continue;
            }

            var body = row.DeepClone().AsObject();
            if (state.Prices.Any(other => HasSameKey(row, other)) && JsonValues.Time(row.Text("effective_from")) <= now)
            {
                // What was is not changed any more.
                body.Remove("effective_from");
            }

            body["managed_by"] = AdminApi.File;
            changes.Add(new ConfigurationChange(
                before is null ? ChangeKind.Create : ChangeKind.Update,
                "price",
                name,
                [new FieldChange("prices", before?["prices"]?.ToJsonString(), row["prices"]?.ToJsonString())])
            {
                Method = HttpMethod.Post,
                Path = "/admin/prices",
                Body = body,
                Order = Resource.PriceOrder,
            });
            if (before is not null)
            {
                holding.Remove(before);
            }
        }

        changes.AddRange(holding
            .Where(row => GatewayState.IsOfFile(row) || (options.Prunes && file.Content.ContainsKey(FileRules.Prices)))
            .Select(row => new ConfigurationChange(ChangeKind.Delete, "price", NameOf(row), [])
            {
                Method = HttpMethod.Delete,
                Path = $"/admin/prices/{row.Text("id")}",
                Order = Resource.PriceDeleteOrder,
            }));
        return changes;
    }

    /// <summary>Whose price it is, for people.</summary>
    public static string NameOf(JsonObject row)
        => $"{row.Text("provider") ?? row.Text("provider_type")}/{(row["model"] is JsonValue name ? name.ToString() : row["model"] is JsonObject { Count: 1 } match && match.Text("equals") is { } exact ? exact : row["model"]?.ToJsonString())}";

    public static JsonNode? Match(JsonNode? model) => model is JsonValue name ? new JsonObject { ["equals"] = name.ToString() } : model;

    public static bool HasSameKey(JsonObject one, JsonObject other) => KeyFields.All(field => field == "model"
        ? JsonValues.AreSame(Match(one[field]), Match(other[field]))
        : JsonValues.AreSame(one[field] ?? RuleOf(field).Default, other[field] ?? RuleOf(field).Default));

    private static bool IsSame(JsonObject wanted, JsonObject actual, DateTimeOffset now)
        => HasSameKey(wanted, actual)
            && (wanted["effective_from"] is null || AreSameFrom(wanted, actual, now))
            && FileRules.Price.Where(rule => !KeyFields.Contains(rule.Name) && rule.Name != "effective_from")
                .All(rule => JsonValues.AreSame(wanted[rule.Name], actual[rule.Name]));

    /// <summary>Since when it holds matters only while it does not yet.</summary>
    private static bool AreSameFrom(JsonObject one, JsonObject other, DateTimeOffset now)
        => JsonValues.AreSame(one["effective_from"], other["effective_from"])
            || (JsonValues.Time(one.Text("effective_from")) <= now && !(JsonValues.Time(other.Text("effective_from")) > now));

    private static FieldRule RuleOf(string field) => FileRules.Price.Single(rule => rule.Name == field);
}
