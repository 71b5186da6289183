using System.Globalization;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;
using RoutingService.Snapshots;
using ServiceDefaults.Http;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>Reads what an OpenAI-compatible provider says about a failure.</summary>
internal static class OpenAIErrors
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxMessageLength = 500;

    /// <summary>Who asks for more is asked again sooner.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    public static async Task<GatewayError> ReadAsync(
        ProviderTarget provider, HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.ReadAsync(response, MaxBodyBytes, cancellationToken);
        var fault = body is null ? UpstreamFault.Unknown : FindFault(body.Memory);
        body?.Release();
        return UpstreamErrors.FromStatus(
            provider.Name,
            (int)response.StatusCode,
            fault with { Message = Redact(fault.Message, provider) },
            ReadRetryAfter(response, timeProvider));
    }

    /// <summary>What an <c>error</c> object says.</summary>
    public static UpstreamFault FindFault(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error))
            {
                return UpstreamFault.Unknown;
            }

            return error.ValueKind switch
            {
                JsonValueKind.String => UpstreamFault.Unknown with { Message = error.GetString()! },
                JsonValueKind.Object => new UpstreamFault(
                    Find(error, "message") ?? UpstreamFault.Unknown.Message, Name(Find(error, "code")), Name(Find(error, "type")), Name(Find(error, "param"))),
                _ => UpstreamFault.Unknown,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return UpstreamFault.Unknown;
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

    /// <summary>
    /// Milliseconds, seconds with a fraction, or a date: .NET's typed header reads only the last and whole seconds. A time that has passed
    /// or makes no sense is none.
    /// </summary>
    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response, TimeProvider timeProvider)
    {
        var wait = Header(response, "retry-after-ms") is { } ms && TryParse(ms, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds)
            : Header(response, "retry-after") is not { } text ? TimeSpan.Zero
            : TryParse(text, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date - timeProvider.GetUtcNow()
            : TimeSpan.Zero;
        return wait <= TimeSpan.Zero ? null : wait < LongestRetryAfter ? wait : LongestRetryAfter;
    }

    /// <summary>Digits and a point: no sign, and none of the words that a double can be.</summary>
    private static bool TryParse(string text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > 20
            || !text.All(character => char.IsAsciiDigit(character) || character == '.')
            || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        value = Math.Min(value, LongestRetryAfter.TotalMilliseconds);
        return true;
    }

    private static string? Find(JsonElement error, string name)
        => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A name goes into logs and spans: a short one without surprises, or none.</summary>
    private static string? Name(string? text)
        => text is { Length: > 0 and <= 100 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '[' or ']') ? text : null;

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
