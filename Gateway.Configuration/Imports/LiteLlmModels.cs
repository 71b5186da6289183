using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.Configuration.Imports;

/// <summary>The <c>model_list</c>: each entry is a deployment, and entries that share address and key share a provider.</summary>
internal static class LiteLlmModels
{
    /// <summary>What LiteLLM calls them, and what they are here.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["openai"] = "openai",
        ["azure"] = "azure",
        ["anthropic"] = "anthropic",
        ["gemini"] = "gemini",
        ["vertex_ai"] = "vertex",
        ["bedrock"] = "bedrock",
        ["groq"] = "groq",
        ["mistral"] = "mistral",
        ["deepseek"] = "deepseek",
        ["deepinfra"] = "deepinfra",
        ["cerebras"] = "cerebras",
        ["together_ai"] = "together",
        ["openrouter"] = "openrouter",
        ["xai"] = "xai",
        ["ollama"] = "ollama",
        ["ollama_chat"] = "ollama",
        ["hosted_vllm"] = "vllm",
        ["vllm"] = "vllm",
        ["openai_like"] = "openai_compatible",
        ["custom_openai"] = "openai_compatible",
        ["lm_studio"] = "openai_compatible",
        ["azure_ai"] = "openai_compatible",
        ["text-completion-openai"] = "openai",
    };

    /// <summary>Settings of a type, by LiteLLM's names.</summary>
    private static readonly Dictionary<string, (string Name, string Setting)[]> Settings = new(StringComparer.Ordinal)
    {
        ["azure"] = [("api_version", "api_version"), ("tenant_id", "tenant_id"), ("client_id", "client_id")],
        ["vertex"] = [("vertex_project", "project"), ("vertex_location", "region")],
        ["bedrock"] = [("aws_region_name", "region"), ("aws_profile_name", "profile"), ("aws_access_key_id", "access_key_id")],
        ["openai"] = [("organization", "organization")],
    };

    private static readonly string[] Known =
    [
        "model", "api_key", "api_base", "custom_llm_provider", "rpm", "tpm", "weight", "order", "timeout", "stream_timeout", "max_parallel_requests",
        "tags", "region_name", "input_cost_per_token", "output_cost_per_token", "aws_secret_access_key",
    ];

    public static void Read(JsonArray list, ImportedFile file)
    {
        foreach (var (index, entry) in list.OfType<JsonObject>().Index())
        {
            var name = entry.TextOf("model_name") ?? "";
            var parameters = entry["litellm_params"] as JsonObject ?? [];
            var where = string.Create(CultureInfo.InvariantCulture, $"model_list[{index}] ('{name}')");
            if (name.Length == 0 || parameters.TextOf("model") is not { Length: > 0 } model)
            {
                file.Note($"{where} has no model_name or no litellm_params.model.");
            }
            else if (name.Contains('*', StringComparison.Ordinal) || model.Contains('*', StringComparison.Ordinal))
            {
                file.Note($"{where} is a pattern: clients ask for 'provider/model' instead.");
            }
            else
            {
                ReadEntry(name, model, parameters, entry["model_info"] as JsonObject ?? [], where, file);
            }
        }
    }

    private static void ReadEntry(string name, string model, JsonObject parameters, JsonObject info, string where, ImportedFile file)
    {
        if (info.TextOf("mode") is { } mode and not ("chat" or "completion" or "embedding" or "responses"))
        {
            file.Note($"{where} is for '{mode}', which the gateway does not serve.");
            return;
        }

        if (TypeOf(model, parameters) is not var (type, ownName))
        {
            file.Note($"{where}: there is no provider for '{model}'.");
            return;
        }

        var provider = ProviderOf(type, parameters, where, file);
        var deployment = new JsonObject { ["model_name"] = ImportedFile.Literal(name), ["provider"] = provider, ["model"] = ImportedFile.Literal(ownName) };
        Copy("weight", "weight");
        Copy("order", "priority");
        Copy("rpm", "rpm_limit");
        Copy("tpm", "tpm_limit");
        Copy("max_parallel_requests", "max_parallel");
        if (parameters["tags"] is JsonArray { Count: > 0 } tags)
        {
            deployment["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)ImportedFile.Literal(tag!.ToString()))]);
        }

        if (parameters.TextOf("region_name") is { } region)
        {
            deployment["region"] = region;
        }

        Copy("timeout", "total_seconds");
        Copy("stream_timeout", "first_event_seconds");
        CopyPrices(parameters, info, deployment, where, file);
        foreach (var (field, _) in parameters.Where(field => !Known.Contains(field.Key) && Settings.GetValueOrDefault(type)?.Any(setting => setting.Name == field.Key) != true))
        {
            file.Note($"{where}: litellm_params.{field} was not carried over.");
        }

        file.Deployments[ImportedFile.UniqueName(file.Deployments, $"{provider}/{ownName}")] = deployment;

        void Copy(string from, string to)
        {
            if (parameters.NumberOf(from) is { } number)
            {
                deployment[to] = number;
            }
            else if (parameters.TextOf(from) is { } text)
            {
                if (LiteLlmReference.Of(text) is { } reference)
                {
                    deployment[to] = reference;
                }
                else
                {
                    file.Note($"{where}: litellm_params.{from} is no number, and was not carried over.");
                }
            }
        }
    }

    /// <summary>LiteLLM's are for one token, and a part of the model's own information as well.</summary>
    private static void CopyPrices(JsonObject parameters, JsonObject info, JsonObject deployment, string where, ImportedFile file)
    {
        var input = parameters.NumberOf("input_cost_per_token") ?? info.NumberOf("input_cost_per_token");
        var output = parameters.NumberOf("output_cost_per_token") ?? info.NumberOf("output_cost_per_token");
        if (input is { } inputPrice && output is { } outputPrice)
        {
            deployment["input_cost_per_million"] = inputPrice * 1_000_000;
            deployment["output_cost_per_million"] = outputPrice * 1_000_000;
        }
        else if ((input ?? output) is not null)
        {
            file.Note($"{where} has one of two prices: the gateway takes both, or those of its price book.");
        }
    }

    /// <summary>The type of provider, and what that calls the model; null where there is none for it.</summary>
    private static (string Type, string Model)? TypeOf(string model, JsonObject parameters)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        var hasBase = parameters.TextOf("api_base") is not null;
        if (parameters.TextOf("custom_llm_provider") is { } custom && Types.TryGetValue(custom, out var given))
        {
            return (given, slash > 0 && model[..slash] == custom ? model[(slash + 1)..] : model);
        }

        if (slash > 0 && Types.TryGetValue(model[..slash], out var type))
        {
            var rest = model[(slash + 1)..];
            return type switch
            {
                "openai" when hasBase && !parameters.TextOf("api_base")!.Contains("api.openai.com", StringComparison.OrdinalIgnoreCase) => ("openai_compatible", rest),
                "bedrock" => (type, WithoutPrefix(WithoutPrefix(rest, "converse/"), "invoke/")),
                _ => (type, rest),
            };
        }

        return hasBase ? ("openai_compatible", model)
            : model.StartsWith("claude-", StringComparison.Ordinal) ? ("anthropic", model)
            : slash < 0 && (model.StartsWith("gpt-", StringComparison.Ordinal) || model.StartsWith("text-embedding-", StringComparison.Ordinal) || IsReasoningModel(model)) ? ("openai", model)
            : slash < 0 && model.StartsWith("gemini-", StringComparison.Ordinal) && parameters.TextOf("vertex_project") is not null ? ("vertex", model)
            : null;
    }

    private static bool IsReasoningModel(string model) => model.Length > 1 && model[0] == 'o' && char.IsAsciiDigit(model[1]);

    private static string WithoutPrefix(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string ProviderOf(string type, JsonObject parameters, string where, ImportedFile file)
    {
        var provider = new JsonObject { ["type"] = type };
        if (parameters.TextOf("api_base") is { } url)
        {
            var address = LiteLlmReference.Of(url) ?? ImportedFile.Literal(url.TrimEnd('/'));
            provider["base_url"] = type == "ollama" && !address.EndsWith("/v1", StringComparison.Ordinal) ? address + "/v1" : address;
            if (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            {
                provider["local"] = true;
            }
            else if (LiteLlmReference.Of(url) is not null)
            {
                file.Note($"{where}: api_base is in a variable. If it is an http address, the provider needs 'local: true'.");
            }
        }

        var settings = new JsonObject();
        foreach (var (name, setting) in Settings.GetValueOrDefault(type) ?? [])
        {
            if (parameters.TextOf(name) is { } value)
            {
                settings[setting] = LiteLlmReference.Of(value) ?? ImportedFile.Literal(value);
            }
        }

        if (settings.Count > 0)
        {
            provider["settings"] = settings;
        }

        var secret = parameters.TextOf("api_key") ?? parameters.TextOf("aws_secret_access_key");
        return Share(type, provider, secret, where, file);
    }

    /// <summary>The provider that is like this one, or a new one.</summary>
    private static string Share(string type, JsonObject provider, string? secret, string where, ImportedFile file)
    {
        // A key in the clear tells providers apart by its digest, which goes nowhere.
        var reference = secret is null ? null : LiteLlmReference.Of(secret);
        var mark = secret is null || reference is not null ? reference : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
        foreach (var (name, other) in file.Providers)
        {
            var known = other!.AsObject();
            var without = known.DeepClone().AsObject();
            without.Remove("api_key");
            if (JsonValues.AreSame(without, provider) && file.MarkOf(name) == mark)
            {
                return name;
            }
        }

        var own = ImportedFile.UniqueName(file.Providers, type);
        file.Mark(own, mark);
        if (secret is not null)
        {
            provider["api_key"] = reference ?? file.Hide($"{own}_API_KEY", $"The key of {where}");
        }

        file.Providers[own] = provider;
        return own;
    }
}
