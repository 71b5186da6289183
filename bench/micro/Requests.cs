using System.Text;

namespace Bench.Micro;

public enum RequestSize
{
    /// <summary>A question of 168 bytes.</summary>
    Small,

    /// <summary>A conversation of 98 KB.</summary>
    Large,
}

/// <summary>Requests in the format of Chat Completions.</summary>
internal static class Requests
{
    public static byte[] Small { get; } = Encoding.UTF8.GetBytes("""
        {"model":"gpt-4o-mini","stream":true,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Write a haiku about a gateway."}]}
        """);

    public static byte[] Large { get; } = Encoding.UTF8.GetBytes(
        """{"model":"gpt-4o-mini","stream":true,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],"messages":["""
        + string.Join(',', Enumerable.Range(0, 200).Select(index => $$"""{"role":"{{(index % 2 == 0 ? "user" : "assistant")}}","content":"{{new string('x', 450)}} \"{{index}}\""}"""))
        + "]}");

    public static byte[] Of(RequestSize size) => size == RequestSize.Small ? Small : Large;
}
