using System.Globalization;
using System.Text;
using Gateway.Llm.Tokens;
using Gateway.Simulator.Fixtures;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Tokens;

/// <summary>The estimates against what providers counted. The table that it prints is the one in docs/token-estimates.md.</summary>
public sealed class TokenEstimateErrorTests
{
    private static readonly string[] Providers = ["openai-chat", "openai-responses", "azure", "anthropic", "gemini", "bedrock"];
    private static readonly string[] Groups = ["text", "tools", "schema", "media", "not in the request"];

    /// <summary>Kinds whose cost the request does not hold: what a server tool read, what the provider stored.</summary>
    private static readonly string[] NotInTheRequest =
    [
        "server-tool:", "grounding", "code-execution", "citations", "op:", "req:previous_response_id", "req:conversation", "req:prompt",
        "req:container", "req:mcp_servers", "req:web_search_options", "req:context_management", "reasoning-replayed-in", "count-tokens",
    ];

    [Fact]
    public void ForChat_OnRecordedRequests_StaysNearWhatProvidersCounted()
    {
        FixtureLibrary.RequireWhole();
        var errors = Measure();
        var table = new StringBuilder().AppendLine("| recorded API | requests with | count | median | p90 | within 5 % |").AppendLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var provider in Providers)
        {
            foreach (var group in Groups)
            {
                if (errors.TryGetValue((provider, group), out var of))
                {
                    table.AppendLine(CultureInfo.InvariantCulture,
                        $"| {provider} | {group} | {of.Count} | {Quantile(of, 0.5):P1} | {Quantile(of, 0.9):P1} | {of.Count(error => error <= 0.05) / (double)of.Count:P0} |");
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(table.ToString());
        Quantile(errors[("openai-chat", "text")], 0.5).ShouldBeLessThan(0.01);
        Quantile(errors[("openai-responses", "text")], 0.5).ShouldBeLessThan(0.01);
        Quantile(errors[("openai-chat", "tools")], 0.5).ShouldBeLessThan(0.05);
        Quantile(errors[("openai-responses", "tools")], 0.5).ShouldBeLessThan(0.10);
        Quantile(errors[("anthropic", "text")], 0.5).ShouldBeLessThan(0.15);
        Quantile(errors[("anthropic", "tools")], 0.5).ShouldBeLessThan(0.10);
        Quantile(errors[("gemini", "text")], 0.5).ShouldBeLessThan(0.15);
        Quantile(errors[("gemini", "tools")], 0.5).ShouldBeLessThan(0.20);
        Quantile(errors[("bedrock", "text")], 0.5).ShouldBeLessThan(0.15);
    }

    private static Dictionary<(string Provider, string Group), List<double>> Measure()
    {
        var errors = new Dictionary<(string, string), List<double>>();
        foreach (var provider in Providers)
        {
            foreach (var fixture in FixtureLibrary.Files(provider).Select(row => FixtureLibrary.Load(row.Data)))
            {
                if (fixture is { Status: 200, Authenticity: "recorded", Request.Body: { IsEmpty: false } body, Model: { } model }
                    && RecordedInputTokens.Of(fixture) is { } actual)
                {
                    var error = Math.Abs(TokenEstimate.ForChat(body.Span, model) - actual) / (double)actual;
                    var key = (provider, GroupOf(fixture));
                    errors.TryAdd(key, []);
                    errors[key].Add(error);
                }
            }
        }

        foreach (var of in errors.Values)
        {
            of.Sort();
        }

        return errors;
    }

    private static string GroupOf(Fixture fixture)
        => fixture.Kinds.Any(kind => NotInTheRequest.Any(prefix => kind.StartsWith(prefix, StringComparison.Ordinal))) ? "not in the request"
            : fixture.Kinds.Any(kind => kind is "image-in" or "audio-in" or "video-in" or "document-in") ? "media"
            : fixture.Request.BodyText!.Contains("\"tools\":[{", StringComparison.Ordinal) || fixture.Kinds.Contains("tool-call") ? "tools"
            : fixture.Kinds.Contains("structured-json-schema") ? "schema"
            : "text";

    private static double Quantile(List<double> sorted, double share) => sorted[(int)(sorted.Count * share)];
}
