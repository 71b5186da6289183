using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Connection;

/// <summary>What the gateway says when it does not do something, as problem details or in the words of the model APIs.</summary>
internal static class Refusal
{
    private const int MaxShown = 300;

    private static readonly Uri OfAdmins = new("http://localhost/admin/state/of");

    public static CommandException Read(int status, string body, Uri? url)
    {
        var json = Parse(body);
        var error = json?["error"] as JsonObject;
        var code = Text(error?["code"]) ?? Text(error?["type"]);
        var message = Text(json?["detail"]) ?? Text(error?["message"]) ?? Text(json?["title"]) ?? Shorten(body);
        var fields = json?["errors"] as JsonObject;
        return new CommandException(
            fields is { Count: > 1 } ? string.Join(' ', fields.Select(field => $"'{field.Key}': {Words(field.Value)}")) : Say(status, message),
            Advise(status, url),
            status is 401 or 403 ? ExitCodes.NotAllowed : ExitCodes.Failed)
        {
            Status = status,
            Code = code,
            Fields = fields,
        };
    }

    /// <param name="status">Null where it does not say.</param>
    public static CommandException Of(int? status, string message, Exception exception)
        => new(message, status is { } known ? Advise(known, OfAdmins) : null, status is 401 or 403 ? ExitCodes.NotAllowed : ExitCodes.Failed, exception) { Status = status };

    private static string Say(int status, string message) => message.Length == 0 ? $"The gateway answered {status}." : $"{message} ({status})";

    private static string? Advise(int status, Uri? url) => status switch
    {
        401 when IsOfAdmins(url) => $"Is {GlobalOptions.AdminKeyVariable} the key of this gateway? Its first start printed one.",
        401 => $"Is {GlobalOptions.KeyVariable} a key of this gateway? 'gateway keys create NAME' makes one.",
        403 when IsOfAdmins(url) => "This needs another admin key.",
        404 when IsOfAdmins(url) && url!.Segments.Length <= 3 => "Does the gateway have another version than this program ('gateway --version')?",
        >= 500 => "The gateway's own log says more.",
        _ => null,
    };

    private static bool IsOfAdmins(Uri? url) => url?.AbsolutePath.Contains("/admin", StringComparison.Ordinal) == true;

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            // Something in front of the gateway: its text is shown as it is.
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Words(JsonNode? messages) => messages is JsonArray list ? string.Join(' ', list.Select(Text)) : Text(messages) ?? "";

    private static string Shorten(string body) => body.Length <= MaxShown ? body.Trim() : body[..MaxShown].Trim() + "…";
}
