using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Tests.AdminApi;

/// <summary>Which test shows which check of the admin API; none may be left out.</summary>
public sealed partial class CheckTable(ITestOutputHelper output)
{
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

        tests.Select(test => test.Check).Distinct().ShouldBe(Enumerable.Range(1, 15).Select(number => $"TA{number:00}"));
    }

    [GeneratedRegex("^(TA[0-9]{2})_")]
    private static partial Regex CheckName();
}
