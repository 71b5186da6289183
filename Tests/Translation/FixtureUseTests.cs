using Gateway.Simulator.Fixtures;
using RoutingService.Providers;
using Tests.Fixtures;
using Xunit;

namespace Tests.Translation;

/// <summary>No recorded exchange lies unused: each is read here or by the tests of this folder, or there is a reason why not.</summary>
public sealed class FixtureUseTests(ITestOutputHelper output)
{
    [Fact]
    public void EveryFixture_IsUsedOrExcludedWithAReason()
    {
        var report = new TranslationReport("use of the fixtures", output);
        foreach (var file in Folders().SelectMany(folder => AnswerReading.Fixtures(folder)))
        {
            report.Count("files");
            if (ProviderFamily.All.SingleOrDefault(family => family.Folder == Path.GetDirectoryName(file.File)) is not { } family)
            {
                report.Failures.Add($"{file.File}: no test knows its folder");
                continue;
            }

            var uses = Uses(family, file.Fixture, report, file.File).ToList();
            uses.ForEach(use => report.Count($"used as {use}"));
            if (uses.Count > 0)
            {
                report.Count("used");
            }
            else if (family.Excluded(file.Fixture) is { } reason)
            {
                report.Count("excluded");
                report.Exclude(file.File, reason);
            }
            else
            {
                report.Failures.Add($"{file.File}: is neither used nor excluded");
            }
        }

        foreach (var family in ProviderFamily.All.Where(family => family.RequestsOf is null))
        {
            report.Exclude(family.Name, "requests, since no client speaks so: what is sent is held against the vendor's spec by the tests of the request writer");
        }

        report.End();
    }

    private static IEnumerable<string> Uses(ProviderFamily family, Fixture fixture, TranslationReport report, string file)
    {
        if (fixture.Status != 200)
        {
            if (family.ReadFault(fixture).Message == UpstreamFault.Unknown.Message)
            {
                report.Failures.Add($"{file}: the error says nothing");
            }

            yield return "an error answer";
        }
        else if (family.Excluded(fixture) is null)
        {
            yield return "an answer";
        }

        if (fixture is { Status: 200, Request.Body: not null } && family.RequestsOf is not null && family.ExcludedRequests(fixture) is null)
        {
            yield return "a request";
        }

        // By Anthropic's own replay, which asks for the count.
        if (family.Name == "anthropic" && fixture.Kinds.Contains("count-tokens"))
        {
            yield return "a count of tokens";
        }
    }

    /// <summary>Those on disk, so that a provider that is new there is found.</summary>
    private static IEnumerable<string> Folders() => FixtureLibrary.Folders
        .SelectMany(Directory.GetDirectories)
        .Select(folder => Path.GetFileName(folder)!)
        .Where(folder => folder != "LICENSES")
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);
}
