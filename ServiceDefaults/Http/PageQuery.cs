using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServiceDefaults.Http;

/// <summary>The part of a list that a caller asks for, and how it narrows the list down; each wrong parameter is named.</summary>
public sealed class PageQuery
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private readonly IQueryCollection _query;
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

    public PageQuery(HttpRequest request)
    {
        _query = request.Query;
        Limit = Number("limit", 1, MaxLimit, DefaultLimit);
        Offset = Number("offset", 0, int.MaxValue, 0);
    }

    public int Limit { get; }

    public int Offset { get; }

    public ProblemHttpResult? Problem() => _faults.Count == 0 ? null : AdminProblem.Invalid(_faults);

    public void Fault(string name, string message) => _faults.TryAdd(name, message);

    public string? Text(string name) => _query.TryGetValue(name, out var values) && values[0] is { Length: > 0 } text ? text : null;

    public Guid? Id(string name)
        => Text(name) is not { } text ? null : Guid.TryParseExact(text, "D", out var id) ? id : Wrong<Guid?>(name, "An id.");

    public bool? Flag(string name)
        => Text(name) is not { } text ? null : bool.TryParse(text, out var flag) ? flag : Wrong<bool?>(name, "true or false.");

    private int Number(string name, int min, int max, int otherwise)
        => Text(name) is not { } text
            ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : Wrong<int>(name, $"A whole number from {min} to {max}.");

    private T? Wrong<T>(string name, string message)
    {
        _faults.TryAdd(name, message);
        return default;
    }
}

/// <param name="Total">How many there are on all pages.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, long Total, int Limit, int Offset);
