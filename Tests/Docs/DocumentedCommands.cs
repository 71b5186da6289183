using System.Text.RegularExpressions;
using Tests.TestKit;

namespace Tests.Docs;

/// <summary>The commands of a document that call a gateway, as they are written, in the order in which they stand there.</summary>
internal static partial class DocumentedCommands
{
    public static IEnumerable<string> Files()
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md"))
            .Where(file => Blocks(file).Any())
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal);

    /// <summary>Blocks of a shell that have a <c>curl</c> in them.</summary>
    public static IReadOnlyList<string> Blocks(string file)
        => [.. Block().Matches(File.ReadAllText(file)).Select(block => block.Groups["text"].Value).Where(text => Curl().IsMatch(text))];

    /// <summary>How many commands of a block there are, each of which must have its answer.</summary>
    public static int Count(string block) => Curl().Count(block);

    /// <summary>Refusals that the block itself tells of in a comment: <c># answers 412</c>.</summary>
    public static IReadOnlyList<int> Refusals(string block) => [.. Answers().Matches(block).Select(answer => int.Parse(answer.Groups["status"].Value, null))];

    [GeneratedRegex(@"^```(?:bash|sh)\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:^|[|(;&]|\bthen|\bdo)[ \t]*curl\s", RegexOptions.Multiline)]
    private static partial Regex Curl();

    [GeneratedRegex(@"# answers (?<status>[45]\d\d)")]
    private static partial Regex Answers();
}
