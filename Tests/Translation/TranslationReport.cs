using Tests.TestKit;
using Xunit;

namespace Tests.Translation;

/// <summary>What a test over all fixtures did, printed and kept under artifacts/translation.</summary>
internal sealed class TranslationReport(string name, ITestOutputHelper output)
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _excluded = new(StringComparer.Ordinal);

    public List<string> Failures { get; } = [];

    public void Count(string what, int many = 1) => _counts[what] = _counts.GetValueOrDefault(what) + many;

    public void Exclude(string file, string reason)
    {
        if (!_excluded.TryGetValue(reason, out var files))
        {
            _excluded[reason] = files = [];
        }

        files.Add(file);
    }

    /// <summary>Prints all of it, and fails with the first failures.</summary>
    public void End()
    {
        var lines = new List<string> { $"# {name}", "" };
        lines.AddRange(_counts.Select(count => $"- {count.Key}: {count.Value}"));
        lines.AddRange(_excluded.Select(excluded => $"- excluded, {excluded.Key}: {excluded.Value.Count} ({string.Join(", ", excluded.Value)})"));
        lines.AddRange(Failures.Select(failure => $"- FAILED {failure}"));
        var text = string.Join('\n', lines) + "\n";
        output.WriteLine(text);

        var folder = Path.Combine(Repository.Root, "artifacts", "translation");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.md"), text);
        Assert.True(Failures.Count == 0, $"{Failures.Count} failures, of them:\n{string.Join('\n', Failures.Take(20))}");
    }
}
