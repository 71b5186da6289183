using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Where an answer comes from. Gemini's places count bytes of UTF-8, and it repeats what it has said with each event; ours count characters,
/// and come once.
/// </summary>
internal sealed class GeminiGrounding
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<(int Start, int End, int Chunk)> _seen = [];

    public void AddText(string text) => _text.Append(text);

    public void Read(JsonElement candidate, List<StreamEvent> events)
    {
        if (!candidate.TryGetProperty("groundingMetadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("groundingChunks", out var chunks) || chunks.ValueKind != JsonValueKind.Array
            || !metadata.TryGetProperty("groundingSupports", out var supports) || supports.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var text = _text.ToString();
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var support in supports.EnumerateArray())
        {
            if (!support.TryGetProperty("segment", out var segment) || !support.TryGetProperty("groundingChunkIndices", out var indices))
            {
                continue;
            }

            var (from, to) = (Number(segment, "startIndex"), Number(segment, "endIndex"));
            var place = Find(text, bytes, from, to, Text(segment, "text"));
            foreach (var index in indices.EnumerateArray())
            {
                if (index.TryGetInt32(out var chunk) && chunk >= 0 && chunk < chunks.GetArrayLength() && _seen.Add((from, to, chunk)))
                {
                    events.Add(new CitationAdded(Cite(chunks[chunk], place)));
                }
            }
        }
    }

    private static Citation Cite(JsonElement chunk, (int Start, int End)? place)
    {
        var source = chunk.TryGetProperty("web", out var web) ? web
            : chunk.TryGetProperty("retrievedContext", out var context) ? context
            : chunk.TryGetProperty("maps", out var maps) ? maps
            : chunk;
        return new Citation
        {
            Url = Text(source, "uri"),
            Title = Text(source, "title"),
            CitedText = Text(source, "text"),
            Start = place?.Start,
            End = place?.End,
            Native = (Origins.Gemini, chunk.Clone()),
        };
    }

    /// <summary>In characters. The indices of a part of several are those of that part: the words themselves say where they stand.</summary>
    private static (int Start, int End)? Find(string text, byte[] bytes, int from, int to, string? words)
    {
        if (from >= 0 && from <= to && to <= bytes.Length)
        {
            var start = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, from));
            var end = start + Encoding.UTF8.GetCharCount(bytes.AsSpan(from, to - from));
            if (words is null || text.AsSpan(start, Math.Min(end, text.Length) - start).SequenceEqual(words))
            {
                return (start, end);
            }
        }

        var found = words is { Length: > 0 } ? text.IndexOf(words, StringComparison.Ordinal) : -1;
        return found < 0 ? null : (found, found + words!.Length);
    }

    private static int Number(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
