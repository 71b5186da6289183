using System.Text.Json;
using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.Messages;

namespace RoutingService.Providers;

/// <summary>The context of a request that is written here, with the request itself; it names fields as the client does.</summary>
internal sealed record RequestTranslation : RequestContext
{
    public RequestTranslation(LlmRequest request, ClientFormat format, string provider, string model, LossReport losses)
        : base(provider, model, losses)
    {
        (Request, Format) = (request, format);
        NameField = field => ClientFields.Name(format, field);
    }

    public RequestTranslation(ProviderCall call)
        : this(call.Canonical, call.Request.Format, call.Target.Provider.Name, call.Target.Model, call.Losses)
    {
    }

    public LlmRequest Request { get; }

    public ClientFormat Format { get; }

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
        foreach (var field in Request.Unmapped)
        {
            Losses.Dropped(field);
        }
    }

    /// <summary>The arguments of a call in the history, which everybody but OpenAI wants as an object.</summary>
    public void WriteArguments(Utf8JsonWriter writer, ToolCallPart call)
    {
        if (call.IsFreeform)
        {
            writer.WriteStartObject();
            writer.WriteString(FreeformTools.Parameter, call.Arguments);
            writer.WriteEndObject();
        }
        else if (!ToolArguments.TryWrite(writer, call.Arguments))
        {
            throw Invalid($"The arguments of tool call '{JsonStrings.Shorten(call.Id)}' are no JSON object.");
        }
    }

    /// <summary>A part in a provider's own words goes back to its maker alone.</summary>
    public void WriteNative(Utf8JsonWriter writer, NativePart part, string origin)
    {
        if (part.Origin == origin)
        {
            part.Json.WriteTo(writer);
        }
        else
        {
            Dropped(part.Json.TryGetProperty("type", out var type) ? type.ToString() : part.Origin);
        }
    }
}
