using System.Collections.Concurrent;
using Gateway.Simulator.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Fixtures;

/// <summary>
/// Recorded provider traffic. The committed files are always there; the whole library is found by GATEWAY_FIXTURES, or in
/// ../shared/fixtures beside the repository.
/// </summary>
public static class FixtureLibrary
{
    private const string HowToGetIt =
        "the fixture library is not here: set GATEWAY_FIXTURES to its folder, or put it in ../shared/fixtures";

    private static readonly ConcurrentDictionary<string, Fixture> Loaded = new(StringComparer.Ordinal);
    private static readonly string Root = Repository.Root;

    /// <summary>The committed files.</summary>
    public static string CommittedFolder { get; } = Path.Combine(Root, "Tests", "Fixtures", "data");

    /// <summary>The whole library, where it is.</summary>
    public static string? WholeFolder { get; } = FindWhole();

    /// <summary>Where fixtures are looked for; for the simulator's options.</summary>
    public static IReadOnlyList<string> Folders { get; } = WholeFolder is null ? [CommittedFolder] : [WholeFolder, CommittedFolder];

    /// <summary>Names (<c>openai-chat/unary.text.sync-0.json</c>) for a theory; one skipped row when there is none.</summary>
    public static IEnumerable<TheoryDataRow<string>> Files(string provider)
        => Rows(Names(provider), provider);

    /// <summary>As <see cref="Files(string)"/>, those with a case label: <c>stream</c>, <c>tool-call</c>, <c>error-429</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> FilesOfKind(string provider, string kind)
        => Rows(Names(provider).Where(name => Load(name).Kinds.Contains(kind)), $"{provider}, {kind}");

    public static Fixture Load(string name) => Loaded.GetOrAdd(name, static name
        => Fixture.Load(Folders.Select(folder => Path.Combine(folder, name)).First(File.Exists)));

    /// <summary>Skips the test where only the committed files are.</summary>
    public static void RequireWhole() => Assert.SkipWhen(WholeFolder is null, HowToGetIt);

    private static IEnumerable<string> Names(string provider) => Folders
        .Select(folder => Path.Combine(folder, provider))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))
        .Select(file => $"{provider}/{Path.GetFileName(file)}")
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static List<TheoryDataRow<string>> Rows(IEnumerable<string> names, string wanted)
    {
        var rows = names.Select(name => new TheoryDataRow<string>(name)).ToList();
        return rows.Count > 0 ? rows : [new TheoryDataRow<string>(wanted) { Skip = $"No fixture of {wanted}: {HowToGetIt}." }];
    }

    private static string? FindWhole()
    {
        var folder = Environment.GetEnvironmentVariable("GATEWAY_FIXTURES") is { Length: > 0 } given
            ? given
            : Path.Combine(Root, "..", "shared", "fixtures");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
