using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Authorization;

namespace ServiceDefaults.Http;

/// <summary>The part of a list that a caller asks for, and how it narrows the list down; each wrong parameter is named.</summary>
public sealed class PageQuery
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private readonly IQueryCollection _query;
    private readonly Dictionary<string, JsonObject> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

    public PageQuery(HttpRequest request)
        : this(request.Query)
    {
        OwnProject = ProjectScope.Of(request);
    }

    private PageQuery(IQueryCollection query)
    {
        _query = query;
        Limit = Number("limit", 1, MaxLimit, DefaultLimit);
        Offset = Number("offset", 0, int.MaxValue, 0);
    }

    public int Limit { get; }

    public int Offset { get; }

    /// <summary>The one project whose things the caller may see; null for who may see all.</summary>
    public Guid? OwnProject { get; }

    /// <summary>The parameters that <paramref name="read"/> asks for, each with its JSON schema.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Describe(Action<PageQuery> read)
    {
        var query = new PageQuery(QueryCollection.Empty);
        read(query);
        return query._read;
    }

    public ProblemHttpResult? Problem() => _faults.Count == 0 ? null : AdminProblem.Invalid(_faults);

    public void Fault(string name, string message) => _faults.TryAdd(name, message);

    /// <summary>To be asked when all parameters are read: names every one that nobody read. A filter that was misspelt must not seem to hold.</summary>
    public void Only() => Only([.. _read.Keys]);

    public string? Text(string name)
    {
        Note(name, "string");
        return _query.TryGetValue(name, out var values) && values[0] is { Length: > 0 } text ? text : null;
    }

    /// <summary>Names every parameter that is none of these: a filter that was misspelt must not seem to hold.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var name in _read.Keys.Except(names.ToArray()))
        {
            _read.Remove(name);
        }

        foreach (var name in _query.Keys)
        {
            if (!names.Contains(name))
            {
                Fault(name, $"No parameter of this. There are: {string.Join(", ", names!)}.");
            }
        }
    }

    /// <summary>A time with its offset, or a day, which begins at midnight UTC.</summary>
    public DateTime? Time(string name)
    {
        const string Meaning = "A time with its offset, like 2026-11-21T08:30:00Z, or a day, like 2026-11-21.";
        Note(name, "string", ("description", Meaning));
        return Text(name) is not { } text
            ? null
            : TryReadTime(text, out var time) && time.UtcDateTime.Year is >= 1970 and < 9000
                ? time.UtcDateTime
                : Wrong<DateTime?>(name, Meaning);
    }

    public decimal? Amount(string name)
    {
        Note(name, "number", ("minimum", 0), ("maximum", 1_000_000_000));
        return Text(name) is not { } text
            ? null
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount <= 1_000_000_000
                ? amount
                : Wrong<decimal?>(name, "A number from 0 to 1000000000.");
    }

    public int? Whole(string name, int min, int max)
        => Number(name, min, max, 0) is var number && (Text(name) is null || _faults.ContainsKey(name)) ? null : number;

    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        Note(name, "string", ("enum", new JsonArray([.. choices.ToArray().Select(choice => (JsonNode)choice)])));
        return Text(name) is not { } text || choices.Contains(text) ? Text(name) : Wrong<string>(name, $"One of {string.Join(", ", choices!)}.");
    }

    public Guid? Id(string name)
    {
        Note(name, "string", ("format", "uuid"));
        return Text(name) is not { } text ? null : Guid.TryParseExact(text, "D", out var id) ? id : Wrong<Guid?>(name, "An id.");
    }

    public bool? Flag(string name)
    {
        Note(name, "boolean");
        return Text(name) is not { } text ? null : bool.TryParse(text, out var flag) ? flag : Wrong<bool?>(name, "true or false.");
    }

    private static bool TryReadTime(string text, out DateTimeOffset time)
        => DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
            || (DateTimeOffset.TryParseExact(
                    text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
                && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10));

    private int Number(string name, int min, int max, int otherwise)
    {
        Note(name, "integer", ("minimum", min), ("maximum", max));
        return Text(name) is not { } text
            ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : Wrong<int>(name, $"A whole number from {min} to {max}.");
    }

    /// <summary>What a parameter is, as whoever reads it first says.</summary>
    private void Note(string name, string type, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        if (!_read.ContainsKey(name))
        {
            var schema = new JsonObject { ["type"] = type };
            foreach (var (keyword, value) in more)
            {
                schema[keyword] = value;
            }

            _read[name] = schema;
        }
    }

    private T? Wrong<T>(string name, string message)
    {
        _faults.TryAdd(name, message);
        return default;
    }
}

public static class Pages
{
    /// <summary>The part of what is ordered that was asked for.</summary>
    public static async Task<Page<TView>> ToPageAsync<T, TView>(
        this IQueryable<T> ordered, PageQuery query, Func<T, TView> show, CancellationToken cancellationToken)
    {
        var total = await ordered.LongCountAsync(cancellationToken);
        var rows = await ordered.Skip(query.Offset).Take(query.Limit).ToListAsync(cancellationToken);
        return new Page<TView>(rows.ConvertAll(row => show(row)), total, query.Limit, query.Offset);
    }
}

/// <param name="Total">How many there are on all pages.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, long Total, int Limit, int Offset);
