using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Llm.Canonical;
using Gateway.Llm.ServerSentEvents;
using Gateway.Simulator.Fixtures;
using RoutingService.Providers;
using RoutingService.Providers.Anthropic;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAI;
using RoutingService.Providers.OpenAICompatible;
using Shouldly;
using Tests.Fixtures;
using Tests.Translation;
using Xunit;

namespace Tests.Prices;

/// <summary>Every recorded answer with a usage, by both ways that an answer takes through the gateway: the provider's numbers, bucket by bucket.</summary>
public sealed class FixtureBucketTests(ITestOutputHelper output)
{
    /// <summary>How many of the library have a usage, by provider; the committed files alone have fewer.</summary>
    private static readonly Dictionary<string, int> Known = new()
    {
        ["openai-chat"] = 116, ["openai-responses"] = 242, ["azure"] = 30, ["anthropic"] = 184, ["gemini"] = 161, ["bedrock"] = 94,
    };

    public static IEnumerable<TheoryDataRow<string>> Families => ProviderFamily.All.Select(family => new TheoryDataRow<string>(family.Name));

    [Theory]
    [MemberData(nameof(Families))]
    public void Tokens_OfEveryRecordedAnswer_AreTheProvidersBucketByBucket(string name)
    {
        var family = ProviderFamily.All.Single(one => one.Name == name);
        var (compared, passedOn, unreported) = (0, 0, 0);
        var wrong = new List<string>();
        foreach (var (file, fixture) in AnswerReading.Fixtures(family.Folder).Where(pair => pair.Fixture.Status == 200 && family.Excluded(pair.Fixture) is null))
        {
            var expected = RawUsage.Of(file, fixture);
            var events = AnswerReading.Read(family, fixture);
            if (events.Exists(one => one is AnswerFailed))
            {
                continue;
            }

            var usage = events.OfType<MessageEnded>().LastOrDefault()?.Usage ?? events.OfType<UsageReported>().LastOrDefault()?.Usage;
            if (expected is null)
            {
                unreported++;
                Compare(file, "no usage", usage is null, wrong);
                continue;
            }

            compared++;
            Compare(file, $"translated: {usage} is not {expected}", IsSame(usage, expected.Value), wrong);
            if (ScanOf(fixture) is { } scan)
            {
                passedOn++;
                PassOn(scan, family, fixture);
                Compare(file, $"passed on: {scan.Usage} is not {expected}", IsSame(scan.Usage, expected.Value), wrong);
            }
        }

        output.WriteLine($"{name}: {compared} answers with usage, {passedOn} of them passed on too, {unreported} without.");
        wrong.ShouldBeEmpty();
        compared.ShouldBeGreaterThanOrEqualTo(FixtureLibrary.WholeFolder is null ? 1 : Known[name]);
    }

    private static void Compare(string file, string what, bool isSame, List<string> wrong)
    {
        if (!isSame)
        {
            wrong.Add($"{file}: {what}");
        }
    }

    private static bool IsSame(LlmUsage? usage, (TokenUsage Usage, string? Tier) expected)
        => usage is { } read && UsageMapping.ToTokenUsage(read) == expected.Usage && read.ServiceTier == ServiceTiers.Of(expected.Tier);

    /// <summary>How it is read where the client speaks as the provider does.</summary>
    private static AnswerScan? ScanOf(Fixture fixture) => fixture.Provider switch
    {
        "openai-chat" => new ChatAnswerScan(Call()),
        "azure" => fixture.Kinds.Contains("azure-responses") ? new ResponsesAnswerScan() : new ChatAnswerScan(Call()),
        "openai-responses" => new ResponsesAnswerScan(),
        "anthropic" => new MessagesAnswerScan(),
        _ => null,
    };

    private static void PassOn(AnswerScan scan, ProviderFamily family, Fixture fixture)
    {
        if (!family.IsStream(fixture))
        {
            scan.ReadBody(fixture.ReplayBytes);
            return;
        }

        ReadOnlySpan<byte> bytes = AnswerReading.BytesOf(fixture);
        while (!scan.IsDone && SseBoundary.FindEnd(bytes, 0) is > 0 and var length)
        {
            if (SseEvent.Data(bytes[..length]) is { IsEmpty: false } data)
            {
                scan.ReadEvent(data);
            }

            bytes = bytes[length..];
        }
    }

    private static ProviderCall Call()
    {
        var request = new DispatchRequest
        {
            CallId = Guid.Empty, KeyId = Guid.Empty, Format = ClientFormat.Chat, Facts = new RequestFacts { Model = "m", ModelValue = default },
        };
        return new ProviderCall(request, Encoding.UTF8.GetBytes("{}"), new RoutingService.Snapshots.Target(null!, "m"));
    }
}
