using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace RoutingService.Providers;

/// <summary>
/// What whoever writes a request for a provider knows of the call: it names fields as the client does, reports what is lost and refuses what
/// cannot be left out.
/// </summary>
internal sealed class RequestTranslation(LlmRequest request, ClientFormat format, string provider, string model, LossReport losses)
{
    public RequestTranslation(ProviderCall call)
        : this(call.Canonical, call.Request.Format, call.Target.Provider.Name, call.Target.Model, call.Losses)
    {
    }

    public LlmRequest Request => request;

    public ClientFormat Format => format;

    /// <summary>The provider's name of the model.</summary>
    public string Model => model;

    /// <param name="field">As Chat Completions names it.</param>
    public void Dropped(string field) => losses.Dropped(Name(field));

    public void Changed(string field) => losses.Changed(Name(field));

    public void Emulated(string field) => losses.Emulated(Name(field));

    /// <summary>Reports a field as dropped where the client has set it.</summary>
    public void DropIf(bool isSet, string field)
    {
        if (isSet)
        {
            Dropped(field);
        }
    }

    public void ChangeIf(bool isSet, string field)
    {
        if (isSet)
        {
            Changed(field);
        }
    }

    public void DropUnmapped()
    {
        foreach (var field in request.Unmapped)
        {
            losses.Dropped(field);
        }
    }

    /// <summary>Without the field the answer would be wrong.</summary>
    public GatewayErrorException Refuse(string field, string? why = null)
        => new(GatewayError.BadRequest(
            "unsupported_parameter", $"{Name(field)} is not supported by {provider} ({model}){(why is null ? "." : $": {why}")}", Name(field)));

    /// <summary>The history itself is wrong.</summary>
    public GatewayErrorException Invalid(string message)
        => new(GatewayError.BadRequest("invalid_value", message, Name("messages")));

    /// <summary>The arguments of a call in the history, which everybody but OpenAI wants as an object.</summary>
    public void WriteArguments(Utf8JsonWriter writer, ToolCallPart call)
    {
        if (call.IsFreeform)
        {
            writer.WriteStartObject();
            writer.WriteString(FreeformTools.Parameter, call.Arguments);
            writer.WriteEndObject();
            return;
        }

        if (string.IsNullOrWhiteSpace(call.Arguments))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(call.Arguments, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                document.RootElement.WriteTo(writer);
                return;
            }
        }
        catch (JsonException exception)
        {
            throw new GatewayErrorException(NotAnObject(call), exception);
        }

        throw new GatewayErrorException(NotAnObject(call));
    }

    private GatewayError NotAnObject(ToolCallPart call)
        => Invalid($"The arguments of tool call '{JsonStrings.Shorten(call.Id)}' are no JSON object.").Error;

    private string Name(string field) => ClientFields.Name(format, field);
}
