using Gateway.Contracts.Errors;
using Microsoft.Extensions.Options;
using RoutingService.Automatic.Heuristics;
using RoutingService.Automatic.KServe;

namespace RoutingService.Automatic;

/// <summary>Picks the model for a request that leaves the choice to the gateway. A classifier that fails never fails a request that has tiers.</summary>
internal sealed class AutomaticRouter(
    TritonClassifier triton,
    HeuristicClassifier heuristic,
    LabelClassifier labels,
    ConversationTiers conversations,
    IOptions<ClassifierOptions> options,
    TimeProvider timeProvider)
{
    private const string NoText = "There is no text of the user's to classify.";

    /// <summary>
    /// A <see cref="GatewayErrorException"/> is a route that does not fit its classifier, or has nothing to go by when the classifier is away.
    /// </summary>
    /// <param name="route">The alias' configuration.</param>
    /// <param name="prompt">What is to be classified.</param>
    /// <param name="keyId">Whose conversation it is.</param>
    /// <param name="cancellationToken">The client's.</param>
    public async ValueTask<RoutingDecision> DecideAsync(AutomaticRoute route, AutomaticPrompt prompt, Guid keyId, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var decision = route.Policy == RoutingPolicy.ArgMax
            ? await ChooseLabelAsync(route, prompt, keyId, cancellationToken)
            : await ChooseTierAsync(route, prompt, keyId, cancellationToken);
        return decision with { LatencyMs = timeProvider.GetElapsedTime(started).TotalMilliseconds };
    }

    private async ValueTask<RoutingDecision> ChooseLabelAsync(AutomaticRoute route, AutomaticPrompt prompt, Guid keyId, CancellationToken cancellationToken)
    {
        var (chosen, failure) = prompt.Text.Length == 0 ? Inferred<LabelledModel>.Failed(NoText)
            : options.Value.Url is null ? Inferred<LabelledModel>.Failed($"No classifier is configured ({ClassifierOptions.Section}:Url).")
            : await labels.ChooseAsync(route, prompt.Text, cancellationToken);
        if (chosen is not null)
        {
            return new RoutingDecision
            {
                ModelReference = chosen.Model,
                Method = RoutingMethods.ArgMax,
                Query = prompt.Text,
                ChosenLabel = chosen.Label,
            };
        }

        return route.Tiers is null
            ? throw new GatewayErrorException(GatewayError.Unavailable($"{failure} The model alias has no tiers to fall back on."))
            : ByLength(route, route.Tiers, prompt, keyId, failure!);
    }

    private async ValueTask<RoutingDecision> ChooseTierAsync(AutomaticRoute route, AutomaticPrompt prompt, Guid keyId, CancellationToken cancellationToken)
    {
        var tiers = route.Tiers ?? throw new ArgumentException("A route of the policy 'score' has tiers.", nameof(route));
        if (prompt.Text.Length == 0)
        {
            return ByLength(route, tiers, prompt, keyId, NoText);
        }

        var (classification, method, failure) = await ClassifyAsync(prompt.Text, cancellationToken);
        if (classification is null)
        {
            return ByLength(route, tiers, prompt, keyId, failure!);
        }

        var tier = route.TaskTypes.TryGetValue(classification.TaskType, out var ofTask) ? ofTask : route.Thresholds.TierOf(classification.Score);
        return Choose(route, tiers, prompt, keyId, tier) with
        {
            Method = method,
            Classification = classification,
            Thresholds = route.Thresholds,
            Error = failure,
        };
    }

    private async ValueTask<(PromptClassification? Classification, string Method, string? Failure)> ClassifyAsync(
        string text, CancellationToken cancellationToken)
    {
        var input = new ClassifierInput(text);
        IPromptClassifier first = options.Value.Url is null || (options.Value.EnglishOnly && !Scripts.IsLatin(text)) ? heuristic : triton;
        var result = await first.ClassifyAsync(input, cancellationToken);
        if (result.Classification is { } classification)
        {
            return (classification, first.Method, null);
        }

        return options.Value.Fallback == ClassifierFallback.Heuristic
            ? ((await heuristic.ClassifyAsync(input, cancellationToken)).Classification, RoutingMethods.FallbackHeuristic, result.Failure)
            : (null, RoutingMethods.FallbackTokenLength, result.Failure);
    }

    private RoutingDecision ByLength(AutomaticRoute route, TierModels tiers, AutomaticPrompt prompt, Guid keyId, string failure)
        => Choose(route, tiers, prompt, keyId, route.TokenThresholds.TierOf(prompt.Tokens)) with
        {
            Tokens = prompt.Tokens,
            TokenThresholds = route.TokenThresholds,
            Error = failure,
        };

    /// <summary>The model of a tier, which what surrounds the classified text may raise.</summary>
    private RoutingDecision Choose(AutomaticRoute route, TierModels tiers, AutomaticPrompt prompt, Guid keyId, Tier tier)
    {
        var raisedBy = new List<string>();
        RaiseIf(prompt.HasTools, route.Raise.Tools, "tools");
        RaiseIf(prompt.HasImages, route.Raise.Images, "images");
        RaiseIf(route.Raise.ComplexContextTokens is { } complex && prompt.HasTokens(complex), Tier.Complex, "context_tokens");
        RaiseIf(route.Raise.MediumContextTokens is { } medium && prompt.HasTokens(medium), Tier.Medium, "context_tokens");
        if (route.IsSticky)
        {
            RaiseIf(true, conversations.Keep(keyId, prompt.Messages, tier), "conversation");
        }

        return new RoutingDecision
        {
            ModelReference = tiers.Of(tier),
            Method = RoutingMethods.FallbackTokenLength,
            Query = prompt.Text,
            Tier = tier,
            RaisedBy = raisedBy,
        };

        void RaiseIf(bool applies, Tier? least, string reason)
        {
            if (applies && least > tier)
            {
                tier = least.Value;
                raisedBy.Add(reason);
            }
        }
    }
}
