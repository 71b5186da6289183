using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServiceDefaults.Http;

/// <summary>What a change came to: the thing as it is now, or why it was not done.</summary>
public readonly record struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly ProblemHttpResult? _problem;

    private Outcome(T? value, ProblemHttpResult? problem) => (_value, _problem) = (value, problem);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ProblemHttpResult problem) => new(null, problem);

    public Results<Ok<T>, ProblemHttpResult> ToOk() => _problem is { } problem ? problem : TypedResults.Ok(_value!);

    public Results<Created<T>, ProblemHttpResult> ToCreated(Func<T, string> location)
        => _problem is { } problem ? problem : TypedResults.Created(location(_value!), _value);

    public Results<NoContent, ProblemHttpResult> ToNoContent() => _problem is { } problem ? problem : TypedResults.NoContent();
}
