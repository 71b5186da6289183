using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServiceDefaults.Http;

/// <summary>
/// What the admin API answers instead of a result: problem details (RFC 9457) whose <c>errors</c> name every wrong field, and whose
/// <c>error</c> is the object that callers of the model APIs know, with the first wrong field as <c>param</c>.
/// </summary>
public static class AdminProblem
{
    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string> faults)
    {
        var (field, message) = faults.First();
        return Create(
            StatusCodes.Status400BadRequest,
            "invalid_request",
            faults.Count == 1 ? Describe(field, message) : $"{Describe(field, message)} {faults.Count - 1} more: see 'errors'.",
            field.Length == 0 ? null : field,
            faults.ToDictionary(fault => fault.Key, fault => new[] { fault.Value }, StringComparer.Ordinal));
    }

    public static ProblemHttpResult NotFound(string detail) => Create(StatusCodes.Status404NotFound, "not_found", detail);

    public static ProblemHttpResult Conflict(string detail) => Create(StatusCodes.Status409Conflict, "conflict", detail);

    public static ProblemHttpResult PreconditionFailed(string detail) => Create(StatusCodes.Status412PreconditionFailed, "precondition_failed", detail, param: "If-Match");

    public static ProblemHttpResult Unprocessable(string code, string detail) => Create(StatusCodes.Status422UnprocessableEntity, code, detail);

    /// <summary>Not now, and not from this process.</summary>
    public static ProblemHttpResult Unavailable(string detail)
        => Create(StatusCodes.Status503ServiceUnavailable, "service_unavailable", detail, type: "server_error");

    private static string Describe(string field, string message) => field.Length == 0 ? message : $"'{field}': {message}";

    private static ProblemHttpResult Create(
        int status,
        string code,
        string detail,
        string? param = null,
        Dictionary<string, string[]>? errors = null,
        string type = "invalid_request_error")
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["error"] = new AdminError(detail, type, param, code),
        };
        if (errors is not null)
        {
            extensions["errors"] = errors;
        }

        return TypedResults.Problem(detail, statusCode: status, extensions: extensions);
    }

    private sealed record AdminError(string Message, string Type, string? Param, string Code);
}
