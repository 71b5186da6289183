using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>The names seen in one object; a second one of the same name is refused. Names are kept as hashes: no string is made.</summary>
internal ref struct PropertyNames
{
    private const int InlineCount = 32;

    private InlineHashes _first;
    private HashSet<ulong>? _more;
    private int _count;

    public void Add(ref Utf8JsonReader reader)
    {
        var hash = reader.ValueIsEscaped ? Hash(Encoding.UTF8.GetBytes(reader.GetString()!)) : Hash(reader.ValueSpan);
        ReadOnlySpan<ulong> first = _first;
        if (first[..Math.Min(_count, InlineCount)].Contains(hash) || _more?.Contains(hash) == true)
        {
            throw new InvalidRequestException("duplicate_key", $"The name '{JsonStrings.Shorten(reader.GetString()!)}' stands twice in one object.");
        }

        if (_count < InlineCount)
        {
            _first[_count] = hash;
        }
        else
        {
            (_more ??= []).Add(hash);
        }

        _count++;
    }

    /// <summary>FNV-1a: a collision could only refuse a request that was made to collide.</summary>
    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in name)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return hash;
    }

    [InlineArray(InlineCount)]
    private struct InlineHashes
    {
        private ulong _element;
    }
}
