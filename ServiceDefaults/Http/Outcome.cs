using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServiceDefaults.Http;

/// <summary>What a change came to: the thing as it is now, or why it was not done.</summary>
public readonly record struct Outcome<T>
    where T : class
{
    private Outcome(T? value, ProblemHttpResult? problem) => (Value, Problem) = (value, problem);

    /// <summary>Null where there is a problem.</summary>
    public T? Value { get; }

    public ProblemHttpResult? Problem { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ProblemHttpResult problem) => new(null, problem);

    public Outcome<TOther> Map<TOther>(Func<T, TOther> map)
        where TOther : class
        => Problem is { } problem ? problem : map(Value!);

    public Results<Ok<T>, ProblemHttpResult> ToOk() => Problem is { } problem ? problem : TypedResults.Ok(Value!);

    public Results<Created<T>, ProblemHttpResult> ToCreated(Func<T, string> location)
        => Problem is { } problem ? problem : TypedResults.Created(location(Value!), Value);

    public Results<NoContent, ProblemHttpResult> ToNoContent() => Problem is { } problem ? problem : TypedResults.NoContent();
}
