using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.Responses;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.OpenAI;

/// <summary>
/// What is changed in a client's bytes: the model; <c>store</c>, since the state is the gateway's; and the wish for encrypted reasoning, which
/// makes the state whole. Reasoning that OpenAI could not read is left out of the input.
/// </summary>
internal static class ResponsesSplice
{
    private const string EncryptedReasoning = "\"reasoning.encrypted_content\"";

    /// <summary>Edits in the order of their places.</summary>
    public static IReadOnlyList<Edit> Plan(ProviderCall call)
    {
        var members = JsonMembers.Read(call.Body);
        var model = call.Request.Facts.ModelValue;
        var edits = new List<Edit> { new(model.Start, model.Length, JsonSerializer.SerializeToUtf8Bytes(call.Target.Model)) };
        var added = "";
        Set(members, edits, ref added, "store", "false");
        if (WantedInclude(call, members) is { } include)
        {
            Set(members, edits, ref added, "include", include);
        }

        if (added.Length > 0)
        {
            edits.Add(new Edit(model.Start + model.Length, 0, System.Text.Encoding.UTF8.GetBytes(added)));
        }

        var input = members.Value("input");
        if (input.Span.IndexOf("\"reasoning\""u8) >= 0 && WithoutForeignReasoning(input, call.Losses) is { } changed)
        {
            var (start, length) = members.Range("input");
            edits.Add(new Edit(start, length, changed));
        }

        // A stable order: what is added behind the model comes behind it.
        return [.. edits.OrderBy(edit => edit.Start)];
    }

    private static void Set(JsonMembers members, List<Edit> edits, ref string added, string name, string json)
    {
        var (start, length) = members.Range(name);
        if (length > 0)
        {
            edits.Add(new Edit(start, length, System.Text.Encoding.UTF8.GetBytes(json)));
        }
        else
        {
            added += $",\"{name}\":{json}";
        }
    }

    /// <summary>Null leaves it as the client sent it.</summary>
    private static string? WantedInclude(ProviderCall call, JsonMembers members)
    {
        if (!ResponsesModels.Reasons(call.Target.Model) && members.Value("reasoning").IsEmpty)
        {
            return null;
        }

        var include = System.Text.Encoding.UTF8.GetString(members.Value("include").Span);
        if (include.Contains(EncryptedReasoning, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = include.TrimStart('[').TrimStart();
        return rest.Length == 0 || rest[0] == ']' ? $"[{EncryptedReasoning}]" : $"[{EncryptedReasoning},{rest}";
    }

    /// <summary>Null where nothing is to be left out.</summary>
    private static byte[]? WithoutForeignReasoning(ReadOnlyMemory<byte> input, LossReport losses)
    {
        using var document = JsonDocument.Parse(input, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.EnumerateArray().All(IsReadable))
        {
            return null;
        }

        losses.Dropped("reasoning");
        var output = new ArrayBufferWriter<byte>(input.Length);
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var item in document.RootElement.EnumerateArray().Where(IsReadable))
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Without content it would be looked for in OpenAI's store, and is not there.</summary>
    private static bool IsReadable(JsonElement item)
        => item.FindText("type") != "reasoning"
            || (item.FindText("encrypted_content") is { Length: > 0 } encrypted
                && OpaqueState.FromField(encrypted, Origins.OpenAI).Origin == Origins.OpenAI);
}
