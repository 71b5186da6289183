using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Changes;

/// <summary>What a handler's result will be as an answer.</summary>
internal static class AdminAnswers
{
    public static object? ValueOf(object? result) => (Inner(result) as IValueHttpResult)?.Value;

    public static int StatusOf(HttpContext http, object? result) => (Inner(result) as IStatusCodeHttpResult)?.StatusCode ?? http.Response.StatusCode;

    private static object? Inner(object? result)
    {
        while (result is INestedHttpResult nested)
        {
            result = nested.Result;
        }

        return result;
    }
}
