using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;

namespace KeyService.VirtualKeys;

/// <summary>Whether a key may make a call at all, before anything is counted. The first rule that fails is the answer.</summary>
internal static class AccessRules
{
    private const int MaxShownLength = 80;

    /// <param name="key">Null where no key was found.</param>
    /// <param name="request">The call.</param>
    /// <param name="utcNow">Now.</param>
    /// <returns>The refusal; null where the call may go on to the limits.</returns>
    public static GatewayError? Check(KnownKey? key, AdmissionRequest request, DateTime utcNow)
        => CheckCaller(key, utcNow) ?? CheckEndpoint(key!, request) ?? CheckModel(key!, request) ?? CheckPrice(key!, request) ?? CheckTokens(key!, request);

    /// <summary>Whether the key may call anything.</summary>
    public static GatewayError? CheckCaller(KnownKey? key, DateTime utcNow)
    {
        // One answer for all of these: whoever has no right to call learns nothing about the key.
        if (key is not { Enabled: true } || key.ExpiresAt <= utcNow)
        {
            return GatewayError.InvalidKey();
        }

        return key.Project is { Enabled: false } project
            ? NotAllowed("project_disabled", $"Project '{project.Name}' of this key is disabled.")
            : null;
    }

    private static GatewayError? CheckEndpoint(KnownKey key, AdmissionRequest request)
    {
        var endpoint = KeyEndpointNames.Of(request.Format);
        return key.AllowedEndpoints is { } allowed && !allowed.Contains(endpoint, StringComparer.Ordinal)
            ? NotAllowed("endpoint_not_allowed", $"Key '{key.Identity.Name}' may not use the {endpoint} endpoint (allowed: {string.Join(", ", allowed)}).")
            : null;
    }

    private static GatewayError? CheckModel(KnownKey key, AdmissionRequest request)
        => key.Models.Allows(request.Model)
            ? null
            : NotAllowed("model_not_allowed", $"Model '{Shorten(request.Model)}' is not among the models of key '{key.Identity.Name}'.", "model");

    private static GatewayError? CheckPrice(KnownKey key, AdmissionRequest request)
        => request.Quote.IsUnpriced && (key.Identity.Unpriced ?? request.Quote.Unpriced) == UnpricedPolicy.Refuse
            ? NotAllowed("price_unknown", $"Model '{Shorten(request.Model)}' has no price, and key '{key.Identity.Name}' may not call such a model.", "model")
            : null;

    private static GatewayError? CheckTokens(KnownKey key, AdmissionRequest request)
        => key.MaxTokensPerRequest is { } max && request.InputTokens > max - Math.Min(request.OutputTokens ?? 0, max)
            ? GatewayError.BadRequest(
                "max_tokens_per_request_exceeded",
                $"The call could use more than the {max} tokens per request of key '{key.Identity.Name}': about {request.InputTokens} of input"
                    + (request.OutputTokens is { } output ? $" and {output} of output." : "."),
                "max_tokens")
            : null;

    private static GatewayError NotAllowed(string code, string message, string? param = null)
        => new(GatewayErrorKind.NotAllowed, code, message) { Param = param };

    private static string Shorten(string text) => text.Length <= MaxShownLength ? text : text[..MaxShownLength] + "…";
}
