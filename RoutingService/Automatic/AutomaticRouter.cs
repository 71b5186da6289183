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
            ? await ChooseLabelAsync(route, prompt, cancellationToken)
            : Keep(route, prompt, keyId, await ChooseTierAsync(route, prompt, cancellationToken));
        return decision with { LatencyMs = timeProvider.GetElapsedTime(started).TotalMilliseconds };
    }

    /// <summary>
    /// What would be decided if nobody but the heuristic were asked, and nothing were remembered; null when that takes the classifier of labels.
    /// </summary>
    public static RoutingDecision? Preview(AutomaticRoute route, AutomaticPrompt prompt)
        => route.Tiers is not { } tiers ? null
            : prompt.Text.Length == 0 ? ByLength(route, tiers, prompt, NoText)
            : route.Policy == RoutingPolicy.ArgMax ? null
            : ByClassification(route, tiers, prompt, HeuristicClassifier.Classify(prompt.Text), RoutingMethods.Heuristic, failure: null);

    private async ValueTask<RoutingDecision> ChooseLabelAsync(AutomaticRoute route, AutomaticPrompt prompt, CancellationToken cancellationToken)
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
            : ByLength(route, route.Tiers, prompt, failure!);
    }

    private async ValueTask<RoutingDecision> ChooseTierAsync(AutomaticRoute route, AutomaticPrompt prompt, CancellationToken cancellationToken)
    {
        var tiers = route.Tiers ?? throw new ArgumentException("A route of the policy 'score' has tiers.", nameof(route));
        if (prompt.Text.Length == 0)
        {
            return ByLength(route, tiers, prompt, NoText);
        }

        var (classification, method, failure) = await ClassifyAsync(prompt.Text, cancellationToken);
        return classification is null
            ? ByLength(route, tiers, prompt, failure!)
            : ByClassification(route, tiers, prompt, classification, method, failure);
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

    private static RoutingDecision ByClassification(
        AutomaticRoute route, TierModels tiers, AutomaticPrompt prompt, PromptClassification classification, string method, string? failure)
    {
        var tier = route.TaskTypes.TryGetValue(classification.TaskType, out var ofTask) ? ofTask : route.Thresholds.TierOf(classification.Score);
        return Raise(route, tiers, prompt, tier) with
        {
            Method = method,
            Classification = classification,
            Thresholds = route.Thresholds,
            Error = failure,
        };
    }

    private static RoutingDecision ByLength(AutomaticRoute route, TierModels tiers, AutomaticPrompt prompt, string failure)
        => Raise(route, tiers, prompt, route.TokenThresholds.TierOf(prompt.Tokens)) with
        {
            Tokens = prompt.Tokens,
            TokenThresholds = route.TokenThresholds,
            Error = failure,
        };

    /// <summary>The model of a tier, which what surrounds the classified text may raise.</summary>
    private static RoutingDecision Raise(AutomaticRoute route, TierModels tiers, AutomaticPrompt prompt, Tier tier)
    {
        var raisedBy = new List<string>();
        RaiseIf(prompt.HasTools, route.Raise.Tools, "tools");
        RaiseIf(prompt.HasImages, route.Raise.Images, "images");
        RaiseIf(route.Raise.ComplexContextTokens is { } complex && prompt.HasTokens(complex), Tier.Complex, "context_tokens");
        RaiseIf(route.Raise.MediumContextTokens is { } medium && prompt.HasTokens(medium), Tier.Medium, "context_tokens");
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

    /// <summary>The tier that the conversation had, where that is higher.</summary>
    private RoutingDecision Keep(AutomaticRoute route, AutomaticPrompt prompt, Guid keyId, RoutingDecision decision)
        => route is { IsSticky: true, Tiers: { } tiers } && decision.Tier is { } tier && conversations.Keep(keyId, prompt.Messages, tier) is var kept && kept > tier
            ? decision with { Tier = kept, ModelReference = tiers.Of(kept), RaisedBy = [.. decision.RaisedBy, "conversation"] }
            : decision;
}
