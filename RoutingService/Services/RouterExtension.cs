using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Routing;
using Gateway.Llm.Json;
using RoutingService.Dispatching;

namespace RoutingService.Services;

/// <summary>The <c>router</c> object that tells the client which service answered, in a Chat Completions answer that is no stream.</summary>
internal static class RouterExtension
{
    private const string Member = "router";

    /// <param name="milliseconds">Of all attempts.</param>
    public static ReadOnlyMemory<byte> Tell(ReadOnlyMemory<byte> answer, DispatchRequest request, Attempt attempt, double milliseconds)
        => attempt.Deployment.Provider.Service is { IsTold: true } service && AnswerExtension.HasPlace(request)
            ? AnswerExtension.Splice(answer, Member, Write(service.Settings, request.Facts.Model, attempt, milliseconds))
            : answer;

    private static byte[] Write(ServiceSettings service, string requestedModel, Attempt attempt, double milliseconds)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("service"u8, service.Name);
        writer.WriteNumber("attempt"u8, attempt.Number);
        writer.WriteNumber("duration"u8, Math.Round(milliseconds / 1000, 3));
        writer.WriteString("backend_type"u8, service.BackendType);
        writer.WriteString("requested_model"u8, requestedModel);
        writer.WriteString("actual_model"u8, attempt.Deployment.Model);
        writer.WriteStartArray("model_options"u8);
        foreach (var option in requestedModel.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            writer.WriteStringValue(option);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
