using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Configuration.Imports;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration;

/// <summary>The JSON of <c>ROUTER_SERVICES</c> as a file.</summary>
public static class RouterServicesImport
{
    private static readonly string[] Known = ["name", "backend_type", "base_url", "api_key", "timeout", "priority", "rate_limit_requests", "rate_limit_window"];

    /// <param name="json">The value of the variable.</param>
    /// <param name="models">The model names that clients use: each is then served by all services, in their order. The variable names none.</param>
    /// <param name="schemaUrl">Where editors find the schema.</param>
    /// <exception cref="ConfigurationException">It is no list of services.</exception>
    public static ImportResult Read(string json, IReadOnlyList<string>? models = null, string? schemaUrl = null)
    {
        var services = Parse(json);
        var file = new ImportedFile();
        foreach (var service in services)
        {
            var name = ImportedFile.UniqueName(file.Providers, service.TextOf("name")!);
            file.Providers[name] = ProviderOf(service, name, file);
            foreach (var model in models ?? [])
            {
                var deployment = new JsonObject { ["model_name"] = ImportedFile.Literal(model), ["provider"] = name, ["model"] = ImportedFile.Literal(model) };
                Copy(service, "priority", deployment, "priority");
                Copy(service, "timeout", deployment, "total_seconds");
                file.Deployments[$"{name}/{model}"] = deployment;
            }

            foreach (var (field, _) in service.Where(field => !Known.Contains(field.Key)))
            {
                file.Note($"{name}.{field} is no field of a service.");
            }
        }

        foreach (var model in models ?? [])
        {
            file.Models[ImportedFile.Literal(model)] = new JsonObject { ["routing_type"] = "load_balance", ["routing_config"] = new JsonObject { ["strategy"] = "priority_based" } };
        }

        if (models is not { Count: > 0 })
        {
            file.Note("ROUTER_SERVICES sends every model name to its services in their order; a file names its models. Until it does, clients ask for 'service/model'.");
        }

        return file.ToResult("ROUTER_SERVICES", schemaUrl);
    }

    private static List<JsonObject> Parse(string json)
    {
        try
        {
            if (JsonNode.Parse(json) is JsonArray list && list.All(item => item is JsonObject entry && entry.TextOf("name") is { Length: > 0 }))
            {
                return [.. list.Select(item => item!.AsObject())];
            }
        }
        catch (JsonException)
        {
            // Said below, without quoting what may have keys in it.
        }

        throw new ConfigurationException("ROUTER_SERVICES cannot be read:", [new ConfigurationFault("", "It is no JSON array of services with names.")]);
    }

    private static JsonObject ProviderOf(JsonObject service, string name, ImportedFile file)
    {
        var url = service.TextOf("base_url");
        var type = service.TextOf("backend_type") ?? "custom";
        var provider = new JsonObject
        {
            ["type"] = type switch
            {
                "openai" when url?.Contains("api.openai.com", StringComparison.OrdinalIgnoreCase) != true => "openai_compatible",
                _ when FileRules.ProviderTypes.Contains(type) => type,
                _ => "openai_compatible",
            },
            ["base_url"] = url,
        };
        if (url?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true)
        {
            provider["local"] = true;
        }

        if (service.TextOf("api_key") is { Length: > 0 })
        {
            provider["api_key"] = file.Hide($"{name}_API_KEY", $"The api_key of service '{name}'");
        }

        if (service.NumberOf("rate_limit_requests") is { } requests and > 0)
        {
            var window = service.NumberOf("rate_limit_window") ?? 60;
            provider["rpm_limit"] = (long)Math.Max(1, Math.Floor(requests * 60 / Math.Max(window, 1)));
            if (window != 60)
            {
                file.Note($"{name}.rate_limit_window of {window} s: limits are for 60 s, so it became rpm_limit {provider["rpm_limit"]}.");
            }
        }

        return provider;
    }

    private static void Copy(JsonObject from, string name, JsonObject to, string other)
    {
        if (from.NumberOf(name) is { } number)
        {
            to[other] = number;
        }
    }
}
