using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Tests.Routes;

/// <summary>Which test shows which check; none may be left out.</summary>
public sealed partial class CheckTable(ITestOutputHelper output)
{
    private static readonly string[] Wanted =
    [
        "TA30", "TA31", "TA32", "TA34", "TA35", "TA36", "TA37",
        "TC02", "TC03", "TC06", "TC09", "TC10", "TC16", "TC17", "TC18",
        .. Enumerable.Range(1, 28).Where(number => number != 19).Select(number => $"TD{number:00}"),
    ];

    [Fact]
    public void Checks_WhenListed_AreAllThere()
    {
        var tests = typeof(CheckTable).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(CheckTable).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => (Check: CheckName().Match(method.Name).Groups[1].Value, Method: method))
            .Where(test => test.Check.Length > 0)
            .OrderBy(test => test.Check, StringComparer.Ordinal)
            .ToList();

        foreach (var (check, method) in tests)
        {
            output.WriteLine($"{check} -> {method.DeclaringType!.Name}.{method.Name[(check.Length + 1)..]}");
        }

        tests.Select(test => test.Check).Intersect(Wanted).Order(StringComparer.Ordinal).ShouldBe(Wanted.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^([TU][A-D]?[0-9]{2})_")]
    private static partial Regex CheckName();
}
