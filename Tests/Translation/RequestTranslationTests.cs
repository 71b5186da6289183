using System.Text;
using System.Text.Json.Nodes;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Tests.TestKit;
using Xunit;

namespace Tests.Translation;

/// <summary>Every recorded request, read and written again in the same dialect.</summary>
public sealed class RequestTranslationTests(ITestOutputHelper output)
{
    public static IEnumerable<TheoryDataRow<string>> Families
        => ProviderFamily.All.Where(family => family.RequestsOf is not null).Select(family => new TheoryDataRow<string>(family.Name));

    [Theory]
    [MemberData(nameof(Families))]
    public void Requests_WhenReadAndWritten_SayTheSameAndAreValid(string familyName)
    {
        var family = ProviderFamily.All.Single(one => one.Name == familyName);
        var report = new TranslationReport($"requests {familyName}", output);
        foreach (var (file, fixture) in AnswerReading.Fixtures(family.Folder))
        {
            report.Count("files");
            if (fixture.Request.Body is not { } body)
            {
                report.Count("files without a request");
                continue;
            }

            if ((fixture.Status != 200 ? "the provider refused it" : family.ExcludedRequests(fixture)) is { } reason)
            {
                report.Exclude(file, reason);
                continue;
            }

            var dialect = family.RequestsOf!(fixture);
            try
            {
                var read = dialect.Read(body);
                var losses = new LossReport();
                var written = dialect.Write(read, new RequestContext("provider", read.Model, losses));
                var (expected, actual) = (JsonNode.Parse(body.Span)!.AsObject(), JsonNode.Parse(written)!.AsObject());
                (expected, actual) = (dialect.Normalise(expected, read), dialect.Normalise(actual, read));
                report.Count("requests");
                report.Count("fields reported as lost", losses.Entries.Count);
                if (!JsonNode.DeepEquals(expected, actual))
                {
                    report.Failures.Add($"{file}:\n{expected.ToJsonString()}\nwas written as\n{actual.ToJsonString()}");
                }

                if (family.NewerThanSpec(fixture) is { } newer)
                {
                    report.Exclude($"{file} (spec)", newer);
                    continue;
                }

                CheckSpec(dialect, written, dialect.IsSpecClosed, dialect.Tolerated, $"{file}, written", report);
            }
            catch (InvalidRequestException exception)
            {
                report.Failures.Add($"{file}: {exception.Param}: {exception.Message}");
            }
        }

        report.End();
    }

    /// <summary>The descriptions are held against what the vendors took and answered: where they are older than the traffic, it is said here.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void RecordedRequests_FitTheirVendorsSpec(string familyName)
    {
        var family = ProviderFamily.All.Single(one => one.Name == familyName);
        var report = new TranslationReport($"recorded requests {familyName}", output);
        foreach (var (file, fixture) in AnswerReading.Fixtures(family.Folder).Where(recorded => recorded.Fixture is { Status: 200, Request.Body: not null }))
        {
            if (family.NewerThanSpec(fixture) is { } newer)
            {
                report.Exclude(file, newer);
                continue;
            }

            report.Count("requests");
            var dialect = family.RequestsOf!(fixture);
            CheckSpec(
                dialect, fixture.Request.Body!.Value, closed: false, dialect.Tolerated.Concat(dialect.ToleratedOfClients), $"{file}, recorded", report);
        }

        report.End();
    }

    private static void CheckSpec(
        RequestDialect dialect,
        ReadOnlyMemory<byte> json,
        bool closed,
        IEnumerable<KeyValuePair<string, string>> tolerated,
        string what,
        TranslationReport report)
    {
        foreach (var violation in VendorSpecs.Book.Validate(dialect.Spec, json, closed).Select(violation => violation.ToString()))
        {
            if (tolerated.FirstOrDefault(entry => violation.Contains(entry.Key, StringComparison.Ordinal)).Value is { } reason)
            {
                report.Count($"tolerated, {reason}");
            }
            else
            {
                report.Failures.Add($"{what}: {violation} in {Encoding.UTF8.GetString(json.Span)}");
            }
        }
    }
}
