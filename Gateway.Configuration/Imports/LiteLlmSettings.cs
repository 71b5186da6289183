using System.Text.Json.Nodes;

namespace Gateway.Configuration.Imports;

/// <summary><c>router_settings</c>, <c>litellm_settings</c> and <c>general_settings</c>: what an alias of each model name can say of them.</summary>
internal static class LiteLlmSettings
{
    private static readonly Dictionary<string, string> Strategies = new(StringComparer.Ordinal)
    {
        ["simple-shuffle"] = "simple_shuffle",
        ["least-busy"] = "least_busy",
        ["usage-based-routing"] = "usage_based",
        ["usage-based-routing-v2"] = "usage_based",
        ["latency-based-routing"] = "latency_based",
        ["cost-based-routing"] = "lowest_cost",
    };

    private static readonly (string Name, string Kind)[] FallbackLists =
        [("fallbacks", "general"), ("context_window_fallbacks", "context_window"), ("content_policy_fallbacks", "content_policy")];

    /// <summary>What there is elsewhere, or what nothing needs here.</summary>
    private static readonly Dictionary<string, string> Advice = new(StringComparer.Ordinal)
    {
        ["router_settings.allowed_fails"] = "Routing:Breaker:ConsecutiveFailures of RoutingService does this, for all models.",
        ["router_settings.cooldown_time"] = "Routing:Breaker:CooldownSeconds of RoutingService does this, for all models.",
        ["router_settings.redis_host"] = "The gateway needs no Redis: its ledger counts for all replicas.",
        ["router_settings.redis_port"] = "The gateway needs no Redis: its ledger counts for all replicas.",
        ["router_settings.redis_password"] = "The gateway needs no Redis: its ledger counts for all replicas.",
        ["general_settings.database_url"] = "The gateway has databases of its own (ConnectionStrings:keys, :routing, :usage).",
        ["litellm_settings.drop_params"] = "Fields that a provider does not know are always dropped, and the answer says so.",
        ["litellm_settings.set_verbose"] = "Logging:LogLevel does this.",
    };

    private static readonly string[] Carried =
    [
        "router_settings.routing_strategy", "router_settings.num_retries", "router_settings.timeout", "router_settings.model_group_alias",
        "litellm_settings.num_retries", "litellm_settings.request_timeout", "general_settings.master_key",
        .. new[] { "router_settings", "litellm_settings" }.SelectMany(section => new[] { "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks" }.Select(name => $"{section}.{name}")),
    ];

    public static void Read(JsonObject document, ImportedFile file)
    {
        var router = document["router_settings"] as JsonObject ?? [];
        var litellm = document["litellm_settings"] as JsonObject ?? [];
        var names = file.Deployments.Select(deployment => deployment.Value!["model_name"]!.ToString()).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names)
        {
            if (ConfigOf(name, router, litellm, file) is { Count: > 0 } config)
            {
                file.Models[name] = new JsonObject { ["routing_type"] = "load_balance", ["routing_config"] = config };
            }
        }

        foreach (var (list, _) in FallbackLists)
        {
            foreach (var (name, _) in new[] { router[list], litellm[list] }.OfType<JsonArray>().SelectMany(maps => maps.OfType<JsonObject>()).SelectMany(map => map))
            {
                if (!names.Contains(name))
                {
                    file.Note($"{list} of '{name}' were not carried over: it is no deployment here.");
                }
            }
        }

        foreach (var (alias, target) in router["model_group_alias"] as JsonObject ?? [])
        {
            file.Models[ImportedFile.UniqueName(file.Models, ImportedFile.Literal(alias))] = new JsonObject
            {
                ["model"] = ImportedFile.Literal(((target as JsonObject)?.TextOf("model") ?? target?.ToString()) ?? ""),
            };
        }

        ReadMasterKey(document["general_settings"] as JsonObject ?? [], file);
        NoteTheRest(document, file);
    }

    private static JsonObject ConfigOf(string name, JsonObject router, JsonObject litellm, ImportedFile file)
    {
        var config = new JsonObject();
        var isOrdered = file.Deployments.Any(pair => pair.Value!["model_name"]!.ToString() == name && pair.Value["priority"] is not null);
        if (isOrdered)
        {
            config["strategy"] = "priority_based";
        }
        else if (router.TextOf("routing_strategy") is { } strategy)
        {
            if (Strategies.TryGetValue(strategy, out var own))
            {
                config["strategy"] = own;
            }
            else
            {
                file.Note($"router_settings.routing_strategy '{strategy}': the gateway has none like it.");
            }
        }

        var fallbacks = new JsonObject();
        foreach (var (list, kind) in FallbackLists)
        {
            var models = Models(router[list], name) ?? Models(litellm[list], name)
                ?? (kind == "general" ? router["default_fallbacks"] as JsonArray ?? litellm["default_fallbacks"] as JsonArray : null);
            if (models is { Count: > 0 })
            {
                fallbacks[kind] = new JsonArray([.. models.Select(model => (JsonNode)ImportedFile.Literal(model!.ToString()))]);
            }
        }

        if (fallbacks.Count > 0)
        {
            config["fallbacks"] = fallbacks;
        }

        if ((router.NumberOf("num_retries") ?? litellm.NumberOf("num_retries")) is { } retries)
        {
            config["max_attempts"] = Math.Clamp((long)retries + 1, 1, 20);
        }

        if ((router.NumberOf("timeout") ?? litellm.NumberOf("request_timeout")) is { } seconds)
        {
            config["deadline_seconds"] = Math.Clamp(seconds, 0.1m, 3600);
        }

        return config;
    }

    /// <summary>A list of mappings of one name each.</summary>
    private static JsonArray? Models(JsonNode? lists, string name)
        => (lists as JsonArray)?.OfType<JsonObject>().Select(map => map[name] as JsonArray).FirstOrDefault(models => models is not null);

    /// <summary>It opens calls there; here a key of its own does, and another secret opens the admin API.</summary>
    private static void ReadMasterKey(JsonObject general, ImportedFile file)
    {
        if (general.TextOf("master_key") is not { Length: > 0 } master)
        {
            return;
        }

        file.Keys["litellm-master"] = new JsonObject { ["key"] = LiteLlmReference.Of(master) ?? file.Hide("LITELLM_MASTER_KEY", "general_settings.master_key") };
        file.Note("general_settings.master_key became the key 'litellm-master', which calls models. It does not open the admin API: Gateway:AdminKey does.");
    }

    private static void NoteTheRest(JsonObject document, ImportedFile file)
    {
        foreach (var (section, value) in document)
        {
            switch (section)
            {
                case "model_list":
                    break;
                case "router_settings" or "litellm_settings" or "general_settings":
                    foreach (var (field, _) in value as JsonObject ?? [])
                    {
                        var path = $"{section}.{field}";
                        if (!Carried.Contains(path))
                        {
                            file.Note(Advice.TryGetValue(path, out var advice) ? $"{path} was not carried over. {advice}" : $"{path} was not carried over.");
                        }
                    }

                    break;
                case "environment_variables":
                    file.Note("environment_variables: set them where the gateway runs.");
                    break;
                default:
                    file.Note($"{section} was not carried over.");
                    break;
            }
        }
    }
}
