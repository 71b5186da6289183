using Gateway.Contracts;

namespace RoutingService.Providers;

/// <summary>What the client's format calls a field that Chat Completions calls so.</summary>
internal static class ClientFields
{
    public static string Name(ClientFormat format, string field) => format switch
    {
        ClientFormat.Responses => OfResponses(field),
        ClientFormat.Messages => OfMessages(field),
        _ => field,
    };

    private static string OfResponses(string field) => field switch
    {
        "messages" => "input",
        "response_format" => "text.format",
        "reasoning_effort" => "reasoning.effort",
        "verbosity" => "text.verbosity",
        "logprobs" => "top_logprobs",
        "max_completion_tokens" => "max_output_tokens",
        "image_url" => "input_image",
        "image_url.detail" => "input_image.detail",
        "file" => "input_file",
        _ => field,
    };

    private static string OfMessages(string field) => field switch
    {
        "stop" => "stop_sequences",
        "response_format" => "output_config.format",
        "reasoning_effort" => "thinking",
        "reasoning.summary" => "thinking.display",
        "reasoning.encrypted_content" => "thinking.signature",
        "user" => "metadata.user_id",
        "parallel_tool_calls" => "tool_choice.disable_parallel_tool_use",
        "max_completion_tokens" => "max_tokens",
        "image_url" => "image",
        "file" => "document",
        _ => field,
    };
}
