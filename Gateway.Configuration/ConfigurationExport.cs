using System.Text.Json.Nodes;
using Gateway.Configuration.Exports;
using Gateway.Configuration.Plans;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration;

/// <summary>
/// What a gateway holds, as a file that makes another one like it. Secrets are references to variables that its first lines name; keys are there by
/// their hashes, which open the same keys where the pepper is the same. What was spent is no configuration, and not in it.
/// </summary>
public static class ConfigurationExport
{
    /// <param name="adminApi">With the gateway's address, and an admin's key.</param>
    /// <param name="writer">Gets the file.</param>
    /// <param name="schemaUrl">Where editors find the schema; null is where a gateway on this machine shows it.</param>
    /// <param name="timeProvider">Whose time says which prices hold.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WriteAsync(
        HttpClient adminApi, TextWriter writer, string? schemaUrl = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        var api = new AdminApi(adminApi);
        var state = await GatewayState.ReadAsync(api, cancellationToken);
        var hashes = (await api.ListAsync(HttpMethod.Post, "/admin/keys/hashes", "", cancellationToken))
            .ToDictionary(row => row.Text("id")!, row => row.Text("hash")!, StringComparer.Ordinal);
        var variables = new VariableNames();
        var content = new JsonObject
        {
            [FileRules.Providers] = Named(state.Of(Resource.Provider), Resource.Provider, provider => ProviderOf(provider, state, variables)),
            [FileRules.Deployments] = Named(state.Of(Resource.Deployment), Resource.Deployment),
            [FileRules.Models] = Named(state.Of(Resource.Model), Resource.Model),
            [FileRules.Projects] = Named(state.Of(Resource.Project), Resource.Project),
            [FileRules.Keys] = Named(state.Of(Resource.Key), Resource.Key, key => KeyOf(key, state, hashes)),
            [FileRules.Prices] = PricesOf(state.Prices, state.ModelPrices, (timeProvider ?? TimeProvider.System).GetUtcNow()),
        };
        FileWriter.Write(writer, content, [.. Comments(variables)], schemaUrl);
    }

    private static IEnumerable<string> Comments(VariableNames variables)
    {
        yield return variables.All.Count == 0 ? "Exported. It needs no secrets." : "Exported. Secrets are not in it, but in these variables:";
        foreach (var (name, of) in variables.All)
        {
            yield return $"  {name} - {of}";
        }
    }

    /// <summary>By name, in the order of names. Names that several have are made different.</summary>
    private static JsonObject Named(IReadOnlyList<JsonObject> things, Resource resource, Func<JsonObject, JsonObject>? write = null)
    {
        var named = new JsonObject();
        foreach (var thing in things.OrderBy(thing => thing.Text(resource.NameField), StringComparer.Ordinal).ThenBy(thing => thing.Text("id"), StringComparer.Ordinal))
        {
            var name = thing.Text(resource.NameField)!;
            for (var number = 2; named.ContainsKey(name); number++)
            {
                name = FormattableString.Invariant($"{thing.Text(resource.NameField)} ({number})");
            }

            named[name] = write?.Invoke(thing) ?? FileWriter.Fields(thing, resource.Rules);
        }

        return named;
    }

    private static JsonObject ProviderOf(JsonObject provider, GatewayState state, VariableNames variables)
    {
        var name = provider.Text("name")!;
        var fields = FileWriter.Fields(provider, FileRules.Provider);
        if (provider["api_key_set"]?.GetValue<bool>() == true)
        {
            fields["api_key"] = variables.Add($"{name}_API_KEY", $"providers.{name}.api_key");
        }

        var rules = FileRules.Provider.Single(rule => rule.Name == FileRules.Credentials).Fields;
        var credentials = new JsonObject();
        foreach (var credential in state.CredentialsOf(name).OrderBy(credential => credential.Text("name"), StringComparer.Ordinal))
        {
            var own = credential.Text("name")!;
            var written = new JsonObject { ["api_key"] = variables.Add($"{name}_{own}_API_KEY", $"providers.{name}.credentials.{own}.api_key") };
            foreach (var (field, value) in FileWriter.Fields(credential, rules))
            {
                written[field] = value?.DeepClone();
            }

            credentials[own] = written;
        }

        if (credentials.Count > 0)
        {
            fields[FileRules.Credentials] = credentials;
        }

        return fields;
    }

    private static JsonObject KeyOf(JsonObject key, GatewayState state, Dictionary<string, string> hashes)
    {
        var fields = new JsonObject();
        if (state.ProjectName(key.Text("project_id")) is { } project)
        {
            fields["project"] = project;
        }

        fields["hash"] = hashes[key.Text("id")!];
        fields["key_prefix"] = key.Text("key_prefix");
        foreach (var (field, value) in FileWriter.Fields(key, FileRules.Key))
        {
            fields[field] = value?.DeepClone();
        }

        return fields;
    }

    /// <summary>Those that hold or will hold. What was said with a model is said here, where nothing else is said of it.</summary>
    private static JsonArray PricesOf(IReadOnlyList<JsonObject> operators, IReadOnlyList<JsonObject> ofModels, DateTimeOffset now)
    {
        var rows = operators.Where(Holds).ToList();
        rows.AddRange(ofModels.Where(row => Holds(row) && !rows.Exists(other => PricePlan.HasSameKey(row, other))));
        return [.. rows.Select(row => FileWriter.Fields(row, FileRules.Price))
            .OrderBy(PricePlan.NameOf, StringComparer.Ordinal)
            .ThenBy(row => row.Text("service_tier"), StringComparer.Ordinal)
            .ThenBy(row => row.Text("region"), StringComparer.Ordinal)
            .ThenBy(row => row.Text("effective_from"), StringComparer.Ordinal)];

        bool Holds(JsonObject row) => JsonValues.Time(row.Text("effective_to")) is not { } end || end > now;
    }
}
