using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ServiceDefaults.Http;

namespace RoutingService.Automatic;

/// <summary>The <c>routing_config</c> of an automatic alias, as the admin API writes it.</summary>
internal static class AutomaticRouteFields
{
    private const int MaxNameLength = 200;
    private const int MaxReferenceLength = 2000;
    private const int MaxLabels = 100;
    private const long MaxTokens = 10_000_000;

    private static readonly Dictionary<string, RoutingPolicy> Policies = new(StringComparer.Ordinal)
    {
        ["score"] = RoutingPolicy.Score,
        ["arg_max"] = RoutingPolicy.ArgMax,
    };

    /// <summary>Reads a whole configuration; false with the message of each wrong field, by its path in the configuration.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out AutomaticRoute? route, out IReadOnlyDictionary<string, string> faults)
    {
        var fields = FieldReader.Parse(json);
        route = Read(fields);
        faults = fields.FindFaults();
        if (faults.Count > 0)
        {
            route = null;
        }

        return route is not null;
    }

    /// <summary>The fields of a configuration within another object; what is wrong is told to the reader.</summary>
    public static AutomaticRoute Read(FieldReader fields)
    {
        var route = new AutomaticRoute();
        fields.Choice("policy", Policies, policy => route = route with { Policy = policy ?? RoutingPolicy.Score });
        route = ReadTiers(fields, route);
        route = ReadThresholds(fields, route);
        fields.TextMap("task_types", map => route = route with { TaskTypes = TaskTypesOf(fields, map ?? []) });
        fields.Object("raise", rules => route = route with { Raise = rules is null ? RaiseRules.None : ReadRaise(rules) });
        fields.Flag("sticky", isSticky => route = route with { IsSticky = isSticky });
        fields.Text("classifier_model", MaxNameLength, model => route = route with { ClassifierModel = model });
        fields.Objects("labels", MaxLabels, ReadLabel, labels => route = route with { Labels = labels });
        CheckPolicy(fields, route);
        return route;
    }

    private static AutomaticRoute ReadTiers(FieldReader fields, AutomaticRoute route)
    {
        fields.Object("tiers", tiers =>
        {
            if (tiers is null)
            {
                if (route.Policy == RoutingPolicy.Score)
                {
                    fields.Fault("tiers", "The policy 'score' needs a model for each tier: simple, medium, complex.");
                }

                return;
            }

            var (simple, medium, complex) = ("", "", "");
            tiers.Require("simple");
            tiers.Require("medium");
            tiers.Require("complex");
            tiers.Name("simple", MaxReferenceLength, model => simple = model);
            tiers.Name("medium", MaxReferenceLength, model => medium = model);
            tiers.Name("complex", MaxReferenceLength, model => complex = model);
            route = route with { Tiers = new TierModels(simple, medium, complex) };
        });
        return route;
    }

    private static AutomaticRoute ReadThresholds(FieldReader fields, AutomaticRoute route)
    {
        fields.Object("thresholds", thresholds =>
        {
            var (medium, complex) = (route.Thresholds.Medium, route.Thresholds.Complex);
            thresholds?.Number("medium", 0, PromptClassification.MaxScore, value => medium = value ?? medium);
            thresholds?.Number("complex", 0, PromptClassification.MaxScore, value => complex = value ?? complex);
            if (medium > complex)
            {
                fields.Fault("thresholds", $"'medium' ({medium}) must not be above 'complex' ({complex}).");
            }

            route = route with { Thresholds = new ScoreThresholds(medium, complex) };
        });
        fields.Object("token_thresholds", thresholds =>
        {
            var (simple, medium) = (route.TokenThresholds.Simple, route.TokenThresholds.Medium);
            thresholds?.Count("simple", 0, MaxTokens, value => simple = value ?? simple);
            thresholds?.Count("medium", 0, MaxTokens, value => medium = value ?? medium);
            if (simple > medium)
            {
                fields.Fault("token_thresholds", $"'simple' ({simple}) must not be above 'medium' ({medium}).");
            }

            route = route with { TokenThresholds = new TokenThresholds(simple, medium) };
        });
        return route;
    }

    private static RaiseRules ReadRaise(FieldReader fields)
    {
        var rules = new RaiseRules();
        fields.Choice("tools", Tiers.ByName, tier => rules = rules with { Tools = tier });
        fields.Choice("images", Tiers.ByName, tier => rules = rules with { Images = tier });
        fields.Object("context_tokens", tokens =>
        {
            if (tokens is null)
            {
                rules = rules with { MediumContextTokens = null, ComplexContextTokens = null };
                return;
            }

            tokens.Count("medium", 1, MaxTokens, value => rules = rules with { MediumContextTokens = value });
            tokens.Count("complex", 1, MaxTokens, value => rules = rules with { ComplexContextTokens = value });
            if (rules.MediumContextTokens > rules.ComplexContextTokens)
            {
                fields.Fault("context_tokens", $"'medium' ({rules.MediumContextTokens}) must not be above 'complex' ({rules.ComplexContextTokens}).");
            }
        });
        return rules;
    }

    private static FrozenDictionary<string, Tier> TaskTypesOf(FieldReader fields, Dictionary<string, string> map)
    {
        var taskTypes = new Dictionary<string, Tier>(StringComparer.Ordinal);
        foreach (var (taskType, name) in map)
        {
            if (!TaskTypes.All.Contains(taskType))
            {
                fields.Fault($"task_types.{taskType}", $"There is no such task type: {string.Join(", ", TaskTypes.All)}.");
            }
            else if (Tiers.ByName.TryGetValue(name, out var tier))
            {
                taskTypes[taskType] = tier;
            }
            else
            {
                fields.Fault($"task_types.{taskType}", $"One of {string.Join(", ", Tiers.ByName.Keys)}.");
            }
        }

        return taskTypes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static LabelledModel ReadLabel(FieldReader fields)
    {
        var (label, model) = ("", "");
        fields.Require("label");
        fields.Require("model");
        fields.Name("label", MaxNameLength, value => label = value);
        fields.Name("model", MaxReferenceLength, value => model = value);
        return new LabelledModel(label, model);
    }

    private static void CheckPolicy(FieldReader fields, AutomaticRoute route)
    {
        if (route.Policy == RoutingPolicy.Score)
        {
            fields.Require("tiers");
            if (route.Labels.Count > 0)
            {
                fields.Fault("labels", "Labels belong to the policy 'arg_max'.");
            }

            if (route.ClassifierModel is not null)
            {
                fields.Fault("classifier_model", "It belongs to the policy 'arg_max'; the classifier of the policy 'score' is a setting of the gateway.");
            }

            return;
        }

        fields.Require("classifier_model");
        fields.Require("labels");
        if (string.IsNullOrWhiteSpace(route.ClassifierModel))
        {
            fields.Fault("classifier_model", "The policy 'arg_max' needs the name of a model on the inference server.");
        }

        if (route.Labels.Count == 0)
        {
            fields.Fault("labels", "The policy 'arg_max' needs a label for each output of the classifier.");
        }
        else if (route.Labels.DistinctBy(label => LabelOrder.Normalize(label.Label), StringComparer.Ordinal).Count() != route.Labels.Count)
        {
            fields.Fault("labels", "Every label stands once.");
        }

        if (route.IsSticky)
        {
            fields.Fault("sticky", "Only tiers can be kept, which are of the policy 'score'.");
        }
    }
}
