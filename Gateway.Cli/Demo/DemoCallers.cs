using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Demo;

/// <summary>Who calls, and with which share of the calls.</summary>
internal sealed record DemoCaller(string Secret, int Weight);

/// <summary>
/// Projects and keys of a demonstration, made when they are missing: two keys without a care, one with a request limit and one with a budget
/// that is soon used up. Keys of an earlier demonstration get a new secret.
/// </summary>
/// <param name="Projects">Their ids; none where one key makes all calls.</param>
internal sealed record DemoCallers(IReadOnlyList<DemoCaller> Callers, string Provider, IReadOnlyList<string> Projects)
{
    private const string Prefix = "demo-";

    private static readonly (string Name, string Project, int Weight, JsonObject Limits)[] Keys =
    [
        ("demo-web", "demo-shop", 45, []),
        ("demo-mobile", "demo-shop", 30, []),
        ("demo-batch", "demo-research", 15, new JsonObject { ["rpm_limit"] = 12 }),
        ("demo-trial", "demo-research", 10, new JsonObject { ["budget_limit"] = 0.0004m, ["budget_period"] = "daily" }),
    ];

    /// <param name="virtualKey">Makes all calls, and nothing else is made; null for the administrator.</param>
    public static async Task<DemoCallers> PrepareAsync(GatewayClient gateway, string? virtualKey, CancellationToken cancellationToken)
    {
        if (virtualKey is not null)
        {
            return new DemoCallers([new DemoCaller(virtualKey, 1)], "simulated", []);
        }

        var provider = await FindProviderAsync(gateway, cancellationToken);
        var projects = new Dictionary<string, JsonNode>();
        foreach (var name in Keys.Select(key => key.Project).Distinct())
        {
            projects[name] = await FindAsync(gateway, "/admin/projects", name, cancellationToken)
                ?? (await gateway.SendAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = name, ["description"] = "Made by 'gateway demo'." }, cancellationToken))!;
        }

        var callers = new List<DemoCaller>();
        foreach (var (name, project, weight, limits) in Keys)
        {
            var key = await FindAsync(gateway, "/admin/keys", name, cancellationToken) is { } existing
                ? await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{Cells.Text(existing["id"])}/rotate", new JsonObject(), cancellationToken)
                : await gateway.SendAsync(HttpMethod.Post, "/admin/keys", KeyBody(name, projects[project], limits), cancellationToken);
            callers.Add(new DemoCaller(Cells.Text(key!["key"]), weight));
        }

        return new DemoCallers(callers, provider, [.. projects.Values.Select(project => Cells.Text(project["id"]))]);
    }

    private static JsonObject KeyBody(string name, JsonNode project, JsonObject limits)
    {
        var body = new JsonObject { ["name"] = name, ["project_id"] = Cells.Text(project["id"]), ["description"] = "Made by 'gateway demo'." };
        foreach (var (field, value) in limits)
        {
            body[field] = value?.DeepClone();
        }

        return body;
    }

    private static async Task<JsonNode?> FindAsync(GatewayClient gateway, string path, string name, CancellationToken cancellationToken)
        => (await gateway.GetAsync(QueryText.Add(path, ("name_prefix", Prefix), ("limit", "200")), cancellationToken))["data"]!.AsArray()
            .FirstOrDefault(row => Cells.Text(row!["name"]) == name);

    private static async Task<string> FindProviderAsync(GatewayClient gateway, CancellationToken cancellationToken)
        => (await gateway.ListAsync("/admin/providers", cancellationToken))["data"]!.AsArray()
            .FirstOrDefault(provider => Cells.Text(provider!["type"]) == "simulated" && provider["enabled"]?.GetValue<bool>() != false) is { } found
                ? Cells.Text(found["name"])
                : throw new CommandException(
                    "The gateway has no simulated provider.", """POST /admin/providers with {"name":"simulated","type":"simulated"} adds it; no call goes to a real one here.""");
}
