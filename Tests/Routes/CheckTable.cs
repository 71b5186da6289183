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
        .. Range("TA", 30, 37), "TA43", "TA44", .. Range("TB", 1, 22), .. Range("TC", 1, 18), .. Range("TD", 1, 28),
    ];

    private static readonly string?[] Areas = [typeof(CheckTable).Namespace, "Tests.Services", "Tests.Health", "Tests.Automatic", "Tests.Usage", "Tests.BlackBox", "Tests.Bootstrap"];

    [Fact]
    public void Checks_WhenListed_AreAllThere()
    {
        var tests = typeof(CheckTable).Assembly.GetTypes()
            .Where(type => Areas.Contains(type.Namespace))
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

    private static IEnumerable<string> Range(string prefix, int first, int last)
        => Enumerable.Range(first, last - first + 1).Select(number => $"{prefix}{number:00}");

    [GeneratedRegex("^([TU][A-D]?[0-9]{2})_")]
    private static partial Regex CheckName();
}
