using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using KeyService.Limits;
using ServiceDefaults.Http;

namespace KeyService.VirtualKeys;

/// <summary>The fields of a key, as the admin API writes them.</summary>
internal static class KeyFields
{
    /// <summary>Two of them can be added.</summary>
    public const long MaxBudgetNanoUsd = 1_000_000_000 * NanoUsd.PerUsd;

    private const int MaxPatterns = 1000;
    private const int MaxModelLimits = 100;
    private const long MaxTokens = 1_000_000_000;

    private static readonly Dictionary<string, UnpricedPolicy> UnpricedPolicies =
        Enum.GetValues<UnpricedPolicy>().ToDictionary(policy => policy.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static void Read(FieldReader fields, VirtualKey key)
    {
        AccountFields.Read(fields, key);
        fields.Id("project_id", id => key.ProjectId = id);
        fields.Time("expires_at", time => key.ExpiresAt = time);
        fields.Limit("rpd_limit", limit => key.RpdLimit = limit);
        fields.Limit("tpd_limit", limit => key.TpdLimit = limit);
        fields.Patterns("allowed_models", patterns => key.AllowedModels = patterns);
        fields.Patterns("denied_models", patterns => key.DeniedModels = patterns);
        fields.Texts(
            "allowed_endpoints", KeyEndpointNames.All.Count, name => KeyEndpointNames.All.Contains(name, StringComparer.Ordinal),
            $"of {string.Join(", ", KeyEndpointNames.All)}", names => key.AllowedEndpoints = names);
        fields.Count("max_tokens_per_request", 1, MaxTokens, tokens => key.MaxTokensPerRequest = tokens);
        fields.Count("default_reserve_tokens", 1, MaxTokens, tokens => key.DefaultReserveTokens = tokens);
        fields.Choice("unpriced_policy", UnpricedPolicies, policy => key.UnpricedPolicy = policy);
        fields.Objects("model_limits", MaxModelLimits, ReadModelLimit, limits => SetModelLimits(fields, key, limits));
        fields.Object("budget_override", value => ReadOverride(value, key));
    }

    /// <summary>A key that exists elsewhere already, by its hash; null where one is to be made.</summary>
    public static SecretDigest? ReadHash(FieldReader fields, VirtualKey key, KeyHasher hasher)
    {
        SecretDigest? digest = null;
        fields.Text("hash", KeyHash.MaxLength, hash =>
        {
            digest = hash is null ? null : KeyHash.Read(hasher, hash);
            if (hash is not null && digest is null)
            {
                fields.Fault("hash", KeyHash.Rule);
            }
        });
        string? start = null;
        fields.Text("key_prefix", VirtualKey.MaxPrefixLength, prefix => start = prefix);
        if (start is not null && digest is null)
        {
            fields.Fault("key_prefix", "Only beside a 'hash': of its own keys the gateway knows it.");
        }

        key.KeyPrefix = start ?? (digest is null ? key.KeyPrefix : "…");
        return digest;
    }

    /// <summary>The administrators of a project keep their keys in it, and what its budget does with calls that have no price is not theirs to say.</summary>
    public static void KeepIn(Guid? own, FieldReader fields, VirtualKey key)
    {
        if (own is null)
        {
            return;
        }

        if (key.ProjectId != own)
        {
            fields.Fault("project_id", key.ProjectId is { } other ? $"There is no project {other}." : "A key of your project stays in it.");
        }

        fields.Raw("unpriced_policy", _ => fields.Fault("unpriced_policy", "An admin of the whole gateway says this."));
    }

    private static ModelLimit ReadModelLimit(FieldReader fields)
    {
        var model = "";
        long? rpm = null, tpm = null, rpd = null, tpd = null, parallel = null;
        NanoUsd? budget = null;
        BudgetPeriod? period = null;
        fields.Require("model");
        fields.Name("model", ModelPattern.MaxLength, pattern =>
        {
            model = pattern;
            if (!ModelPattern.IsValid(pattern))
            {
                fields.Fault("model", "A model's name, or the start of names before a trailing '*'.");
            }
        });
        fields.Limit("rpm_limit", limit => rpm = limit);
        fields.Limit("tpm_limit", limit => tpm = limit);
        fields.Limit("rpd_limit", limit => rpd = limit);
        fields.Limit("tpd_limit", limit => tpd = limit);
        fields.Limit("max_parallel", limit => parallel = limit);
        fields.Usd("budget_limit", limit => budget = limit);
        fields.Choice("budget_period", BudgetPeriods.ByName, value => period = value);
        return new ModelLimit(model, new RateLimits(rpm, tpm, rpd, tpd, parallel), budget is { } amount ? new Budget(amount, period) : null);
    }

    private static void SetModelLimits(FieldReader fields, VirtualKey key, IReadOnlyList<ModelLimit> limits)
    {
        if (limits.GroupBy(limit => limit.Model, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            fields.Fault("model_limits", $"'{twice.Key}' stands there twice.");
        }

        key.ModelLimits = limits;
    }

    private static void ReadOverride(FieldReader? fields, VirtualKey key)
    {
        (key.OverrideNanoUsd, key.OverrideUntil) = (null, null);
        if (fields is null)
        {
            return;
        }

        fields.Require("amount");
        fields.Require("until");
        fields.Usd("amount", amount => key.OverrideNanoUsd = amount?.Value);
        fields.Time("until", until => key.OverrideUntil = until);
        if (key.OverrideNanoUsd is null || key.OverrideUntil is null)
        {
            fields.Fault("amount", "Both an amount and a time; the override itself may be null.");
        }
    }

    private static void Patterns(this FieldReader fields, string name, Action<IReadOnlyList<string>?> set)
        => fields.Texts(name, MaxPatterns, ModelPattern.IsValid, "names of models, exact or the start of names before a trailing '*'", set);
}
