using System.Diagnostics.CodeAnalysis;

namespace RoutingService.Automatic;

/// <summary>
/// A bounded map in two generations: when the young one is half of what may be kept, or as old as half of the lifetime, it becomes the old
/// one, and what was old is gone. So an entry stays for at least half of the bounds, and never longer than one and a half lifetimes.
/// </summary>
internal sealed class ExpiringCache<TKey, TValue>(int capacity, TimeSpan lifetime, TimeProvider timeProvider)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];
    private long _turned = timeProvider.GetTimestamp();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            Turn();
            return _young.TryGetValue(key, out value) || _old.TryGetValue(key, out value);
        }
    }

    public void Set(TKey key, TValue value)
    {
        if (capacity == 0)
        {
            return;
        }

        lock (_gate)
        {
            Turn();
            _young[key] = value;
        }
    }

    private void Turn()
    {
        var age = timeProvider.GetElapsedTime(_turned);
        if (age < lifetime / 2 && _young.Count < Math.Max(1, capacity / 2))
        {
            return;
        }

        // Nobody came for so long that the young ones are over age too.
        _old = age < lifetime ? _young : [];
        _young = [];
        _turned = timeProvider.GetTimestamp();
    }
}
