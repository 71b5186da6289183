using System.Text;
using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Fixtures;
using RoutingService.Prices;
using RoutingService.Providers;
using Tests.Routing;
using Tests.TestKit;
using Xunit;

namespace Tests.Translation;

/// <summary>Every recorded answer of every provider, in every client's format, as a stream and not.</summary>
public sealed class AnswerTranslationTests(ITestOutputHelper output)
{
    private static readonly PriceBook Prices = PriceRows.Book(
        PriceRows.Of("p", "m", input: 1_000_001, output: 4_000_009, cacheRead: 100_003, cacheWrite: 1_250_007));

    public static IEnumerable<TheoryDataRow<string>> Families => ProviderFamily.All.Select(family => new TheoryDataRow<string>(family.Name));

    public static IEnumerable<TheoryDataRow<string, string>> Pairs
        => from family in ProviderFamily.All from client in ClientDialect.All select new TheoryDataRow<string, string>(family.Name, client.Name);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Answers_InAClientsFormat_AreValidAndTheSameAsAStreamAndNot(string familyName, string clientName)
    {
        var client = ClientDialect.All.Single(dialect => dialect.Name == clientName);
        var report = new TranslationReport($"answers {familyName} to {clientName}", output);
        foreach (var (file, answer) in Answers(familyName, report))
        {
            var whole = client.WriteBody(answer);
            var stream = client.WriteStream(answer);
            if (answer.Exists(client.IsAsItsMakerWroteIt))
            {
                report.Count("answers with parts as their maker wrote them, in forms older or newer than the description");
            }
            else
            {
                CheckSpec(client, client.AnswerSpec, whole, $"{file} whole", report);
                foreach (var data in AnswerReading.DataOf(stream))
                {
                    CheckSpec(client, client.EventSpec, Encoding.UTF8.GetBytes(data), $"{file} stream", report);
                    report.Count("events validated");
                }
            }

            report.Count("answers");
            CheckReadBack(client, answer, whole, stream, file, report);
        }

        report.End();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Stream_WhenSplitAnywhere_GivesTheSameEvents(string familyName)
    {
        var family = Family(familyName);
        var report = new TranslationReport($"splits {familyName}", output);
        foreach (var (file, fixture) in Recorded(family, report).Where(recorded => family.IsStream(recorded.Fixture)))
        {
            var expected = AnswerReading.Read(family, fixture).Select(AnswerReading.Describe).ToList();
            for (var seed = 0; seed < 4; seed++)
            {
                var events = AnswerReading.ReadSplit(family.CreateReader(fixture), AnswerReading.BytesOf(fixture), new Random(seed));
                report.Count("splits");
                if (!events.Select(AnswerReading.Describe).SequenceEqual(expected))
                {
                    report.Failures.Add($"{file}: with seed {seed} the events are others");
                }
            }

            report.Count("streams");
        }

        report.End();
    }

    /// <summary>Where one conversation was recorded both ways the texts differ; so each answer is written in the other way, and read again.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Cost_OfAStream_IsThatOfTheSameAnswerWithoutOne(string familyName, string clientName)
    {
        var client = ClientDialect.All.Single(dialect => dialect.Name == clientName);
        var report = new TranslationReport($"costs {familyName} to {clientName}", output);
        foreach (var (file, answer) in Answers(familyName, report))
        {
            var cost = Cost(answer);
            report.Count("answers");
            if (Cost(ReadWhole(client, client.WriteBody(answer))) != cost)
            {
                report.Failures.Add($"{file}: written whole it has another cost");
            }

            if (Cost(AnswerReading.ReadStream(client.CreateReader(), client.WriteStream(answer))) != cost)
            {
                report.Failures.Add($"{file}: written as a stream it has another cost");
            }
        }

        report.End();
    }

    private static void CheckReadBack(ClientDialect client, List<StreamEvent> answer, byte[] whole, byte[] stream, string file, TranslationReport report)
    {
        var source = new AnswerSummary(answer);
        var ofWhole = new AnswerSummary(ReadWhole(client, whole));
        var ofStream = new AnswerSummary(AnswerReading.ReadStream(client.CreateReader(), stream));
        if (client.NeedsWholeArguments && source.HasBrokenCall)
        {
            // A stream's client has the pieces; a whole body has no place for half an object.
            report.Count("answers cut within a call");
            return;
        }

        if (client.NeedsWholeArguments && source.HasFreeformCall)
        {
            report.Exclude(file, "a call with plain text, which no client of this format can have declared");
            return;
        }

        if (ofWhole.Common != ofStream.Common)
        {
            report.Failures.Add($"{file}: whole\n{ofWhole.Common}\nis not the stream's\n{ofStream.Common}");
        }

        if (ofWhole.Text + ofWhole.Refusal != source.Text + source.Refusal
            || ofWhole.Reasoning != source.Reasoning
            || !ofWhole.Calls.SequenceEqual(source.Calls)
            || !ofWhole.CallIds.SequenceEqual(source.CallIds))
        {
            report.Failures.Add($"{file}: what was written\n{ofWhole.Common}\nis not what was read\n{source.Common}");
        }
    }

    private static void CheckSpec(ClientDialect client, string spec, byte[] json, string what, TranslationReport report)
    {
        foreach (var violation in VendorSpecs.Book.Validate(spec, json))
        {
            if (client.Tolerated.Keys.FirstOrDefault(text => violation.ToString().Contains(text, StringComparison.Ordinal)) is { } tolerated)
            {
                report.Count($"tolerated, {client.Tolerated[tolerated]}");
            }
            else
            {
                report.Failures.Add($"{what}: {violation}");
            }
        }
    }

    /// <summary>Those that came to their end; others are counted by why they did not.</summary>
    private static IEnumerable<(string File, List<StreamEvent> Events)> Answers(string familyName, TranslationReport report)
    {
        var family = Family(familyName);
        foreach (var (file, fixture) in Recorded(family, report))
        {
            var events = AnswerReading.Read(family, fixture);
            switch (events.LastOrDefault())
            {
                case MessageEnded { Reason: FinishReason.MalformedToolCall }:
                    report.Exclude(file, "a call that the provider says is malformed: Responses has it as a failure");
                    break;
                case MessageEnded ended:
                    events[^1] = ended with { Usage = ended.Usage ?? default(LlmUsage) };
                    yield return (file, events);
                    break;
                case AnswerFailed:
                    report.Count("answers that failed inside");
                    break;
                default:
                    report.Count("answers that were cut");
                    if (!fixture.Kinds.Contains("truncated-stream"))
                    {
                        report.Failures.Add($"{file}: has no end");
                    }

                    break;
            }
        }
    }

    private static IEnumerable<(string File, Fixture Fixture)> Recorded(ProviderFamily family, TranslationReport report)
    {
        foreach (var (file, fixture) in AnswerReading.Fixtures(family.Folder))
        {
            report.Count("files");
            if (fixture.Status != 200)
            {
                report.Count("error answers, which the adapter's own test reads");
            }
            else if (family.Excluded(fixture) is { } reason)
            {
                report.Exclude(file, reason);
            }
            else
            {
                yield return (file, fixture);
            }
        }
    }

    private static List<StreamEvent> ReadWhole(ClientDialect client, byte[] body)
    {
        var events = new List<StreamEvent>();
        client.ReadBody(body, events);
        return events;
    }

    private static NanoUsd? Cost(List<StreamEvent> events)
        => events.LastOrDefault() is MessageEnded { Usage: { } usage } ? Prices.Cost(PriceBookTests.Of("p", "m"), UsageMapping.ToTokenUsage(usage)) : null;

    private static ProviderFamily Family(string name) => ProviderFamily.All.Single(family => family.Name == name);
}
