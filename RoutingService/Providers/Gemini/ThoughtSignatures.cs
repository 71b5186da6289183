using System.Runtime.InteropServices;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Gemini signs its tool calls and wants the signatures back, but few client formats have a place for them. They are kept here for the time
/// of a tool loop, by the virtual key and the id of the call. Another replica does not know them; see docs/providers.md.
/// </summary>
internal sealed class ThoughtSignatures(TimeProvider timeProvider, int maxEntries = 50_000, long maxCharacters = 64 * 1024 * 1024)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>In the order of their ends; an entry that was written again has an older place too, which means nothing any more.</summary>
    private readonly Queue<(Key Key, DateTimeOffset ExpiresAt)> _order = new();
    private long _characters;

    public void Remember(Guid keyId, string callId, string signature)
    {
        var now = timeProvider.GetUtcNow();
        var key = new Key(keyId, callId);
        lock (_gate)
        {
            if (_entries.Remove(key, out var replaced))
            {
                _characters -= replaced.Signature.Length;
            }

            _entries[key] = new Entry(signature, now + Lifetime);
            _order.Enqueue((key, now + Lifetime));
            _characters += signature.Length;
            while (_order.TryPeek(out var oldest) && (oldest.ExpiresAt <= now || _order.Count > maxEntries || _characters > maxCharacters))
            {
                _order.Dequeue();
                if (_entries.TryGetValue(oldest.Key, out var entry) && entry.ExpiresAt == oldest.ExpiresAt)
                {
                    _entries.Remove(oldest.Key);
                    _characters -= entry.Signature.Length;
                }
            }
        }
    }

    public string? Find(Guid keyId, string callId)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(new Key(keyId, callId), out var entry) && entry.ExpiresAt > timeProvider.GetUtcNow() ? entry.Signature : null;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(Guid KeyId, string CallId);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(string Signature, DateTimeOffset ExpiresAt);
}
