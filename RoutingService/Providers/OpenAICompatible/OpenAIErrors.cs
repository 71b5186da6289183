using System.Globalization;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>Reads what an OpenAI-compatible provider says about a failure.</summary>
internal static class OpenAIErrors
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxMessageLength = 500;

    public static async Task<GatewayError> ReadAsync(
        ProviderTarget provider, HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.ReadAsync(response, MaxBodyBytes, cancellationToken);
        var message = body is null ? null : FindMessage(body.Memory);
        body?.Release();
        return UpstreamErrors.FromStatus(
            provider.Name,
            (int)response.StatusCode,
            Redact(message ?? "no reason given.", provider),
            ReadRetryAfter(response, timeProvider));
    }

    /// <summary>The message of an <c>error</c> object; null when there is none.</summary>
    public static string? FindMessage(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error))
            {
                return null;
            }

            return error.ValueKind switch
            {
                JsonValueKind.String => error.GetString(),
                JsonValueKind.Object when error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String => message.GetString(),
                JsonValueKind.Object => "no reason given.",
                _ => null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return null;
        }
    }

    /// <summary>A provider may repeat what it was sent, its key too.</summary>
    public static string Redact(string message, ProviderTarget provider)
        => JsonStrings.Shorten(
            provider.Credential is { } credential ? message.Replace(credential.Reveal(), "***", StringComparison.Ordinal) : message,
            MaxMessageLength);

    public static GatewayError FromTransport(string provider, HttpRequestException exception) => exception.HttpRequestError switch
    {
        _ when FindInner<PrivateAddressException>(exception) is not null => new GatewayError(
            GatewayErrorKind.UpstreamFailed,
            "upstream_address_refused",
            $"Provider '{provider}' has a private address and is not marked local.")
        {
            ShouldRetry = false,
        },
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => UpstreamErrors.Unreachable(provider),
        HttpRequestError.SecureConnectionError => UpstreamErrors.Failed(provider, "could not be trusted (TLS)."),
        _ => UpstreamErrors.Failed(provider, "broke off the connection."),
    };

    /// <summary>Milliseconds, seconds with a fraction, or a date: .NET's typed header reads only the last and whole seconds.</summary>
    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response, TimeProvider timeProvider)
    {
        if (Header(response, "retry-after-ms") is { } ms && TryParse(ms, out var milliseconds))
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (Header(response, "retry-after") is not { } text)
        {
            return null;
        }

        if (TryParse(text, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - timeProvider.GetUtcNow()).Ticks))
            : null;
    }

    private static bool TryParse(string text, out double value)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value <= TimeSpan.FromDays(1).TotalMilliseconds;

    private static string? Header(HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
