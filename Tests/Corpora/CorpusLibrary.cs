using System.Text.Json;
using Tests.Fixtures;

namespace Tests.Corpora;

/// <summary>Input that breaks programs.</summary>
internal static class CorpusLibrary
{
    private static readonly string Root = Path.Combine(Path.GetDirectoryName(FixtureLibrary.CommittedFolder)!, "..", "Corpora", "data");

    /// <summary>Whole bodies, by file name; the first letter says whether it is JSON.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> JsonFiles()
        => ((string[])["test_parsing", "test_transform"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, "jsontestsuite", folder), "*.json"))
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));

    public static IReadOnlyList<string> NaughtyStrings()
        => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Path.Combine(Root, "naughty-strings", "blns.json")))!;
}
