using System.Net;
using System.Text.Json.Serialization.Metadata;
using Gateway.Contracts.Errors;
using Polly;

namespace Gateway.Edge.Services;

/// <summary>Calls of a service's interface: an answer that is not what the contract says is no answer.</summary>
internal static class InternalHttp
{
    /// <summary>Null for 204.</summary>
    public static async Task<TResponse?> PostAsync<TRequest, TResponse>(
        this HttpClient client,
        string service,
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TResponse> responseType,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        using var response = await SendAsync(service, () => client.PostJsonAsync(path, request, requestType, cancellationToken), cancellationToken);
        return response.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync(service, response, responseType, cancellationToken);
    }

    /// <summary>A batch that the service can never take ends in an error of kind <see cref="GatewayErrorKind.BadRequest"/>: no further try helps.</summary>
    public static async Task PostBatchAsync<TRequest>(
        this HttpClient client, string service, string path, TRequest request, JsonTypeInfo<TRequest> requestType, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            service, () => client.PostJsonAsync(path, request, requestType, cancellationToken), cancellationToken, IsRefusal);
        if (IsRefusal(response.StatusCode))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("batch_refused", $"{service} answered {(int)response.StatusCode}."));
        }
    }

    public static async Task<TResponse> GetAsync<TResponse>(
        this HttpClient client, string service, string path, JsonTypeInfo<TResponse> responseType, CancellationToken cancellationToken)
        where TResponse : class
    {
        using var response = await SendAsync(service, () => client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        return await ReadAsync(service, response, responseType, cancellationToken);
    }

    /// <summary>A response of success, or a <see cref="GatewayErrorException"/> that says which part is away.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        string service, Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken, Func<HttpStatusCode, bool>? isExpected = null)
    {
        HttpResponseMessage response;
        try
        {
            response = await send();
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new GatewayErrorException(Away(service), exception);
        }

        if (response.IsSuccessStatusCode || isExpected?.Invoke(response.StatusCode) == true)
        {
            return response;
        }

        response.Dispose();
        throw new GatewayErrorException(Away(service));
    }

    /// <summary>The answer is read as it comes: it is small, and a buffer in between is dearer than what it holds.</summary>
    private static Task<HttpResponseMessage> PostJsonAsync<TRequest>(
        this HttpClient client, string path, TRequest request, JsonTypeInfo<TRequest> requestType, CancellationToken cancellationToken)
        => client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(request, requestType) },
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);

    private static async Task<TResponse> ReadAsync<TResponse>(
        string service, HttpResponseMessage response, JsonTypeInfo<TResponse> type, CancellationToken cancellationToken)
        where TResponse : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new GatewayErrorException(Away(service));
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or HttpRequestException or IOException)
        {
            throw new GatewayErrorException(Away(service), exception);
        }
    }

    private static bool IsRefusal(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;

    private static GatewayError Away(string service) => GatewayError.Unavailable($"A part of the gateway is not available ({service}).");
}
