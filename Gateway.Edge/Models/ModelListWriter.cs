using System.Text.Json;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Models;

/// <summary>Models as OpenAI lists them; with services, also who has which.</summary>
internal static class ModelListWriter
{
    public static void Write(Utf8JsonWriter writer, ModelList list)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in list.Models)
        {
            Write(writer, model);
        }

        writer.WriteEndArray();
        if (list.Services.Count > 0)
        {
            WriteRouter(writer, list);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ModelDescription model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, new DateTimeOffset(model.CreatedAt).ToUnixTimeSeconds());
        writer.WriteString("owned_by"u8, model.OwnedBy);
        if (model.Services is [var first, ..] services)
        {
            writer.WriteString("service"u8, first.Name);
            writer.WriteString("backend_type"u8, first.BackendType);
            writer.WriteStartArray("providers"u8);
            foreach (var service in services)
            {
                writer.WriteStringValue(service.Name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteRouter(Utf8JsonWriter writer, ModelList list)
    {
        var served = list.Models.Where(model => model.Services is not null).ToList();
        writer.WriteStartObject("router"u8);
        writer.WriteStartArray("services"u8);
        foreach (var service in list.Services)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, service.Name);
            writer.WriteString("backend_type"u8, service.BackendType);
            writer.WriteNumber("models_count"u8, served.Count(model => model.Services!.Contains(service)));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("total_services"u8, list.Services.Count);
        writer.WriteNumber("working_services"u8, list.WorkingServices);
        writer.WriteNumber("combined_models"u8, served.Count);
        writer.WriteEndObject();
    }
}
