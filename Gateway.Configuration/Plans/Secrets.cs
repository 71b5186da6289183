using System.Text.Json.Nodes;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Plans;

/// <summary>
/// Whether the gateway's secrets are those of the file. It shows none, and no digest of one either: it is asked, and told the candidates, as it
/// would be by an application.
/// </summary>
internal sealed class Secrets
{
    private const int MaxKeys = 500;

    private readonly HashSet<string> _sameKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonObject> _sameProviders = new(StringComparer.Ordinal);

    public static async Task<Secrets> CompareAsync(AdminApi api, GatewayFile file, Func<string, JsonObject?> findProvider, Func<string, JsonObject?> findKey, CancellationToken cancellationToken)
    {
        var secrets = new Secrets();
        foreach (var (name, desired) in file.Section(FileRules.Providers))
        {
            var wanted = desired!.AsObject();
            var credentials = wanted[FileRules.Credentials] as JsonObject ?? [];
            if (findProvider(name)?.Text("id") is { } id && (wanted["api_key"] is not null || credentials.Count > 0))
            {
                var body = new JsonObject
                {
                    ["api_key"] = wanted["api_key"]?.DeepClone(),
                    ["credentials"] = new JsonObject(credentials.Select(item => KeyValuePair.Create(item.Key, item.Value?["api_key"]?.DeepClone()))),
                };
                secrets._sameProviders[name] = (await api.SendAsync(HttpMethod.Post, $"/admin/providers/{id}/compare", body, cancellationToken))!;
            }
        }

        var keys = file.Section(FileRules.Keys)
            .Select(item => (Id: findKey(item.Key)?.Text("id"), Hash: item.Value!.AsObject().Text("hash")))
            .Where(pair => pair is { Id: not null, Hash: not null });
        foreach (var some in keys.Chunk(MaxKeys))
        {
            var body = new JsonObject { ["keys"] = new JsonArray([.. some.Select(pair => (JsonNode)new JsonObject { ["id"] = pair.Id, ["hash"] = pair.Hash })]) };
            var same = await api.SendAsync(HttpMethod.Post, "/admin/keys/compare", body, cancellationToken);
            secrets._sameKeys.UnionWith(same!["same"]!.AsArray().Select(id => id!.GetValue<string>()));
        }

        return secrets;
    }

    public bool IsSameKey(JsonObject key) => _sameKeys.Contains(key.Text("id")!);

    public bool IsSameApiKey(string provider) => _sameProviders.GetValueOrDefault(provider)?["api_key"]?.GetValue<bool>() ?? false;

    public bool IsSameCredential(string provider, string credential)
        => _sameProviders.GetValueOrDefault(provider)?["credentials"]?.AsArray().Any(name => name?.GetValue<string>() == credential) ?? false;
}
