using System.Text.Json.Nodes;
using Gateway.Contracts;
using Shouldly;
using Tests.Conformance;
using Tests.TestKit;

namespace Tests.Sdk;

/// <summary>A simulated provider behind the gateway, with an alias for each thing that a suite asks of it.</summary>
internal sealed class ProviderModels
{
    /// <summary>What the SDKs send of their own accord, and the providers take: a client of the provider's own format is passed through.</summary>
    private static readonly string[] SentBySdks =
    [
        ".annotations is a field", // the OpenAI SDK, of an answer that it sends back
        ".parsed_arguments is a field", // its stream helpers
        ".parsed is a field",
        ".strict is missing", // the AI SDK
    ];

    private readonly SimulatedProvider _provider;
    private readonly IReadOnlyDictionary<string, Upstream> _upstreams;

    private ProviderModels(SimulatedProvider provider, IReadOnlyDictionary<string, Upstream> upstreams) => (_provider, _upstreams) = (provider, upstreams);

    public static async Task<ProviderModels> AddAsync(Caller caller, SimulatedProvider provider) => new(
        provider,
        new Dictionary<string, Upstream>
        {
            ["text"] = await caller.AddUpstreamAsync(provider),
            ["tools"] = await caller.AddUpstreamAsync(provider, SdkScripts.Tools),
            ["thinking"] = await caller.AddUpstreamAsync(provider, SdkScripts.Thinking),
            ["plan"] = await caller.AddUpstreamAsync(provider, SdkScripts.Plan),
            ["slow"] = await caller.AddUpstreamAsync(provider, SdkScripts.Slow),
            ["refusing"] = await caller.AddUpstreamAsync(provider, SdkScripts.Refusing),
            ["limiting"] = await caller.AddUpstreamAsync(provider, SdkScripts.Limiting),
            ["failing"] = await caller.AddUpstreamAsync(provider, SdkScripts.Failing),
            ["broken"] = await caller.AddUpstreamAsync(provider, SdkScripts.Broken),

            // For a suite that comes again: a target that fails is left alone.
            ["limiting/Responses"] = await caller.AddUpstreamAsync(provider, SdkScripts.Limiting),
            ["failing/Responses"] = await caller.AddUpstreamAsync(provider, SdkScripts.Failing),
            ["broken/Responses"] = await caller.AddUpstreamAsync(provider, SdkScripts.Broken),
            ["limiting/Messages"] = await caller.AddUpstreamAsync(provider, SdkScripts.Limiting),
            ["failing/Messages"] = await caller.AddUpstreamAsync(provider, SdkScripts.Failing),
            ["broken/Messages"] = await caller.AddUpstreamAsync(provider, SdkScripts.Broken),
        });

    /// <summary>What a script is told of it.</summary>
    public JsonObject ToJson(ClientFormat format) => new()
    {
        ["name"] = _provider.Name,
        ["models"] = new JsonObject(_upstreams.Select(upstream => KeyValuePair.Create(upstream.Key, (JsonNode?)upstream.Value.Alias))),
        ["refused"] = new JsonArray([.. ConformanceTable.RefusedIn(format, _provider).Select(feature => JsonValue.Create(feature))]),
    };

    /// <summary>What the provider saw of it all: requests in its own words, its state back with every tool result, and callers that left.</summary>
    /// <param name="carriesState">Of the rounds with thought, which have the client carry the provider's state.</param>
    public async Task CheckAsync(Func<SimulatedProvider, int, bool> carriesState)
    {
        foreach (var (name, upstream) in _upstreams)
        {
            if (!name.Contains('/', StringComparison.Ordinal))
            {
                upstream.Requests.ShouldNotBeEmpty($"{_provider}, {name}");
            }

            foreach (var request in upstream.Requests)
            {
                request.Violations
                    .Where(violation => !SpecGaps.IsKnown(request.Spec!, violation) && !SentBySdks.Any(violation.ToString().Contains))
                    .ShouldBeEmpty($"{_provider}, {name}: {request.BodyText}");
            }
        }

        foreach (var request in _upstreams["slow"].Requests)
        {
            await request.Completion.WaitAsync(TimeLimit.Token());
            request.CallerAborted.ShouldBeTrue(_provider.Name);
        }

        if (_provider.StateOfCall(SdkScripts.Tool) is { } state)
        {
            foreach (var (round, calls) in _upstreams["thinking"].Requests.Chunk(2).Index().Where(round => carriesState(_provider, round.Index)))
            {
                calls[1].BodyText.ShouldContain(state, customMessage: $"{_provider}, round {round}");
            }
        }
    }
}
