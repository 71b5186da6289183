using System.Text.Json.Nodes;

namespace Gateway.Configuration.Plans;

/// <summary>What a gateway holds now.</summary>
internal sealed class GatewayState
{
    private readonly Dictionary<string, List<JsonObject>> _things = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JsonObject>> _credentials = new(StringComparer.Ordinal);
    private readonly HashSet<string> _providersOfEnvironment = new(StringComparer.Ordinal);

    /// <summary>Operators' prices, those that ended with them.</summary>
    public required IReadOnlyList<JsonObject> Prices { get; init; }

    /// <summary>Prices that were said with a model.</summary>
    public required IReadOnlyList<JsonObject> ModelPrices { get; init; }

    /// <summary>What its processes run with; null where no file said so.</summary>
    public required JsonObject? Processes { get; init; }

    public static async Task<GatewayState> ReadAsync(AdminApi api, CancellationToken cancellationToken)
    {
        var state = new GatewayState
        {
            Prices = await api.ListAsync("/admin/prices", cancellationToken, "&origin=operator"),
            ModelPrices = await api.ListAsync("/admin/prices", cancellationToken, "&origin=model"),
            Processes = (await api.FindAsync("/admin/config", cancellationToken))?["process_settings"] as JsonObject,
        };
        foreach (var resource in new[] { Resource.Project, Resource.Provider, Resource.Deployment, Resource.Model, Resource.Key })
        {
            // What the gateway has from its environment is changed there, and is in no file.
            var things = (await api.ListAsync(resource.Path, cancellationToken)).ToLookup(IsOfEnvironment);
            state._things[resource.Section] = [.. things[false]];
            if (resource == Resource.Provider)
            {
                state._providersOfEnvironment.UnionWith(things[true].Select(provider => provider.Text("name")!));
            }
        }

        foreach (var provider in state.Of(Resource.Provider))
        {
            state._credentials[provider.Text("name")!] = await api.ListAsync($"/admin/providers/{provider.Text("id")}/credentials", cancellationToken);
        }

        return state;
    }

    public IReadOnlyList<JsonObject> Of(Resource resource) => _things[resource.Section];

    public IReadOnlyList<JsonObject> CredentialsOf(string provider) => _credentials.GetValueOrDefault(provider) ?? [];

    public JsonObject? Find(Resource resource, string name) => Of(resource).FirstOrDefault(thing => thing.Text(resource.NameField) == name);

    /// <summary>Also where the gateway has it from its environment.</summary>
    public bool HasProvider(string name) => _providersOfEnvironment.Contains(name) || Find(Resource.Provider, name) is not null;

    /// <summary>A project's name by its id.</summary>
    public string? ProjectName(string? id) => id is null ? null : Of(Resource.Project).FirstOrDefault(project => project.Text("id") == id)?.Text("name");

    public static bool IsOfFile(JsonObject thing) => thing.Text("managed_by") == AdminApi.File;

    private static bool IsOfEnvironment(JsonObject thing) => thing.Text("source") == "environment" || thing.Text("managed_by") == "environment";
}
