using System.Text;
using System.Text.Json;

namespace Gateway.Llm.Tokens;

/// <summary>What a property at the top of a request holds.</summary>
internal enum PromptPart
{
    None,
    Conversation,
    System,
    Tools,
    Output,
}

/// <summary>What a property inside a message holds.</summary>
internal enum PromptRole
{
    None,
    Type,
    Role,
    Text,
    Json,
    Call,
    Result,
    Image,
    Document,
    Audio,
    Video,
    Reasoning,
    Opaque,
}

internal enum MediaProperty
{
    None,
    Type,
    Detail,
    Data,
    Text,
}

internal enum SchemaProperty
{
    None,
    Name,
    Description,
    Properties,
    Enum,
    ToolChoice,
}

/// <summary>The names of the formats' properties, and what stands behind them.</summary>
internal static class PromptNames
{
    private const int LongestName = 32;

    public static PromptPart PartOf(in Utf8JsonReader reader) => Name(in reader, stackalloc char[LongestName]) switch
    {
        "messages" or "input" or "contents" => PromptPart.Conversation,
        "system" or "instructions" or "systemInstruction" or "system_instruction" => PromptPart.System,
        "tools" or "functions" or "toolConfig" => PromptPart.Tools,
        "response_format" or "text" or "generationConfig" or "output_format" or "output_config" or "outputConfig" => PromptPart.Output,
        _ => PromptPart.None,
    };

    public static PromptRole RoleOf(in Utf8JsonReader reader) => Name(in reader, stackalloc char[LongestName]) switch
    {
        "type" => PromptRole.Type,
        "role" => PromptRole.Role,
        "text" or "content" or "name" or "arguments" or "output" or "refusal" or "code" => PromptRole.Text,
        "input" or "args" or "response" or "json" or "action" => PromptRole.Json,
        "function" or "functionCall" or "function_call" or "toolUse" => PromptRole.Call,
        "functionResponse" or "function_response" or "toolResult" => PromptRole.Result,
        "image_url" or "source" or "image" => PromptRole.Image,
        "inlineData" or "inline_data" or "fileData" or "file_data" or "file" or "document" => PromptRole.Document,
        "input_audio" or "audio" => PromptRole.Audio,
        "video" => PromptRole.Video,
        "encrypted_content" => PromptRole.Reasoning,
        "citations" or "annotations" or "logprobs" or "summary" or "reasoningContent" or "cache_control" or "cachePoint" => PromptRole.Opaque,
        _ => PromptRole.None,
    };

    public static MediaProperty MediaPropertyOf(in Utf8JsonReader reader) => Name(in reader, stackalloc char[LongestName]) switch
    {
        "type" or "media_type" or "mimeType" or "mime_type" or "format" => MediaProperty.Type,
        "detail" => MediaProperty.Detail,
        "data" or "bytes" or "url" or "file_data" => MediaProperty.Data,
        "text" => MediaProperty.Text,
        _ => MediaProperty.None,
    };

    public static SchemaProperty SchemaPropertyOf(in Utf8JsonReader reader) => Name(in reader, stackalloc char[LongestName]) switch
    {
        "name" => SchemaProperty.Name,
        "description" => SchemaProperty.Description,
        "properties" or "$defs" or "definitions" => SchemaProperty.Properties,
        "enum" => SchemaProperty.Enum,
        "toolChoice" => SchemaProperty.ToolChoice,
        _ => SchemaProperty.None,
    };

    public static bool IsOutputSchema(in Utf8JsonReader reader) => Name(in reader, stackalloc char[LongestName]) switch
    {
        "schema" or "responseSchema" or "response_schema" or "responseJsonSchema" or "response_json_schema" => true,
        "name" or "description" => true,
        _ => false,
    };

    /// <summary>Reads a media type, a file's format or a source's type; what tells nothing leaves the kind as it was.</summary>
    public static MediaKind KindOf(ReadOnlySpan<byte> type, MediaKind otherwise)
        => type.StartsWith("image/"u8) ? MediaKind.Image
            : type.StartsWith("application/"u8) ? MediaKind.Document
            : type.StartsWith("audio/"u8) ? MediaKind.Audio
            : type.StartsWith("video/"u8) ? MediaKind.Video
            : type.SequenceEqual("text"u8) ? MediaKind.Text
            : otherwise;

    /// <summary>The name that the reader is at, or nothing when it is longer than all known ones.</summary>
    private static ReadOnlySpan<char> Name(in Utf8JsonReader reader, Span<char> buffer)
        => reader.ValueSpan.Length > buffer.Length ? default
            : reader.ValueIsEscaped ? buffer[..reader.CopyString(buffer)]
            : buffer[..Encoding.UTF8.GetChars(reader.ValueSpan, buffer)];
}
