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
        => ProviderFamily.All.Where(family => family.Requests is not null).Select(family => new TheoryDataRow<string>(family.Name));

    [Theory]
    [MemberData(nameof(Families))]
    public void Requests_WhenReadAndWritten_SayTheSameAndAreValid(string familyName)
    {
        var family = ProviderFamily.All.Single(one => one.Name == familyName);
        var dialect = family.Requests!;
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

            try
            {
                var read = dialect.Read(body);
                var losses = new LossReport();
                var written = dialect.Write(read, new RequestContext("provider", read.Model, losses));
                var (expected, actual) = (JsonNode.Parse(body.Span)!.AsObject(), JsonNode.Parse(written)!.AsObject());
                dialect.Normalise(expected, read);
                dialect.Normalise(actual, read);
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

                report.Failures.AddRange(VendorSpecs.Book.Validate(dialect.Spec, written, closed: true)
                    .Select(violation => $"{file}: {violation} in {Encoding.UTF8.GetString(written)}"));
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
            report.Failures.AddRange(VendorSpecs.Book.Validate(family.Requests!.Spec, fixture.Request.Body!.Value).Select(violation => $"{file}: {violation}"));
        }

        report.End();
    }
}
