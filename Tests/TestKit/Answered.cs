using System.Text;
using System.Text.Json.Nodes;

namespace Tests.TestKit;

/// <summary>An answer, read to its end.</summary>
public sealed record Answered(int Status, Dictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidDataException("The body is null.");

    public JsonNode Error => Json["error"] ?? throw new InvalidDataException($"No error: {Text}");

    /// <summary>The data of every event of a stream.</summary>
    public IReadOnlyList<string> Events =>
        [.. Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(text => !text.StartsWith(':')).Select(text => text[(text.IndexOf("data: ", StringComparison.Ordinal) + "data: ".Length)..])];

    /// <summary>The chunks of a stream, its terminator left out.</summary>
    public IReadOnlyList<JsonNode> Chunks => [.. Events.Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!)];

    public string RequestId => Headers["x-request-id"];

    public static async Task<Answered> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Concat(response.TrailingHeaders)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answered((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(TimeLimit.Token()));
    }
}
