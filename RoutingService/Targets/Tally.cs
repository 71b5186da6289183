using System.Runtime.InteropServices;

namespace RoutingService.Targets;

/// <summary>A number for each id, found quickest at the place where it stood last time. Not safe for threads by itself.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _places = [];

    public Entry Find(int place, string id)
    {
        if (place < _places.Count && ReferenceEquals(_places[place].Id, id))
        {
            return _places[place];
        }

        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, id, out _);
        entry ??= new Entry();
        entry.Id = id;
        while (_places.Count <= place)
        {
            _places.Add(entry);
        }

        _places[place] = entry;
        return entry;
    }

    /// <summary>Forgets those that are gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        _places.Clear();
        foreach (var id in _entries.Keys.Where(id => !ids.Contains(id)).ToList())
        {
            _entries.Remove(id);
        }
    }

    internal sealed class Entry
    {
        /// <summary>The last instance that it was asked for with: comparing references is enough until the next snapshot.</summary>
        public string Id { get; set; } = "";

        public long Value { get; set; }
    }
}
