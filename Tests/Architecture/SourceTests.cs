using System.Text.RegularExpressions;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Architecture;

public sealed partial class SourceTests
{
    private static readonly string[] NotSource = ["artifacts", "Tests", "bin", "obj", "node_modules", ".git"];

    [Fact]
    public void Source_WhenCommitted_IsFinished()
    {
        var unfinished = Sources(Repository.Root)
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(found => Unfinished().IsMatch(found.line))
            .Select(found => $"{Path.GetRelativePath(Repository.Root, found.file)}:{found.index + 1}: {found.line.Trim()}");

        unfinished.ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder)
        .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".js" or ".ts" or ".tsx" or ".css" or ".html" or ".sh")
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => !NotSource.Contains(Path.GetFileName(inner))).SelectMany(Sources));

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
