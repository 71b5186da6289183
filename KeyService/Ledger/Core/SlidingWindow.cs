using System.Runtime.InteropServices;

namespace KeyService.Ledger.Core;

internal enum WindowKind
{
    Minute,
    Day,
}

/// <summary>
/// Requests and tokens of the last minute or day. What was admitted within one 120th of the window is one bucket; it leaves when the last
/// call in it has left. So no span of the window's length ever holds more than the limit, and at most one bucket is counted too long.
/// </summary>
internal sealed class SlidingWindow(WindowKind kind)
{
    private const int BucketsPerWindow = 120;

    private readonly TimeSpan _length = LengthOf(kind);

    /// <summary>Sorted by index, no two alike.</summary>
    private readonly List<Bucket> _buckets = [];

    /// <summary>The last call that has left; a correction to it or to an earlier one has nothing left to correct.</summary>
    private DateTime _leftUntil = DateTime.MinValue;

    public long Requests { get; private set; }

    public long Tokens { get; private set; }

    public bool IsEmpty => _buckets.Count == 0;

    /// <summary>When all that is in it will have left; null when nothing is.</summary>
    public DateTime? EmptyAt => IsEmpty ? null : _buckets[^1].LastAt + _length;

    public static TimeSpan LengthOf(WindowKind kind) => kind == WindowKind.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromDays(1);

    public void Advance(DateTime now)
    {
        var leaving = 0;
        while (leaving < _buckets.Count && _buckets[leaving].LastAt + _length <= now)
        {
            Requests -= _buckets[leaving].Requests;
            Tokens -= _buckets[leaving].Tokens;
            _leftUntil = _buckets[leaving].LastAt;
            leaving++;
        }

        _buckets.RemoveRange(0, leaving);
    }

    /// <summary>Counts, or corrects with negative <paramref name="tokens"/>, a call that was admitted at <paramref name="at"/>.</summary>
    public void Add(DateTime at, long requests, long tokens, DateTime now)
    {
        if (at <= _leftUntil)
        {
            return;
        }

        var index = IndexOf(at);
        var place = Find(index);
        if (place < 0)
        {
            if (at + _length <= now || (requests == 0 && tokens <= 0))
            {
                return;
            }

            place = ~place;
            _buckets.Insert(place, new Bucket { Index = index });
        }

        ref var bucket = ref CollectionsMarshal.AsSpan(_buckets)[place];
        bucket.LastAt = at > bucket.LastAt ? at : bucket.LastAt;
        bucket.Requests += requests;
        bucket.Tokens += tokens;
        bucket.IsDirty = true;
        Requests += requests;
        Tokens += tokens;
    }

    /// <summary>When so much will have left that at most <paramref name="requests"/> are counted; null is never.</summary>
    public DateTime? WhenRequestsAtMost(long requests) => When(Requests - requests, bucket => bucket.Requests);

    public DateTime? WhenTokensAtMost(long tokens) => When(Tokens - tokens, bucket => bucket.Tokens);

    public void Load(in WindowBucket bucket)
    {
        var index = IndexOf(bucket.LastAt);
        var place = Find(index);
        if (place >= 0)
        {
            throw new ArgumentException($"Bucket {index} of {bucket.Scope} is there already.", nameof(bucket));
        }

        _buckets.Insert(
            ~place, new Bucket { Index = index, LastAt = bucket.LastAt, Requests = bucket.Requests, Tokens = bucket.Tokens });
        Requests += bucket.Requests;
        Tokens += bucket.Tokens;
    }

    public void TakeChanges(ScopeId scope, List<WindowBucket> changes)
    {
        foreach (ref var bucket in CollectionsMarshal.AsSpan(_buckets))
        {
            if (bucket.IsDirty)
            {
                bucket.IsDirty = false;
                changes.Add(new WindowBucket(scope, kind, bucket.Index, bucket.LastAt, bucket.Requests, bucket.Tokens));
            }
        }
    }

    public bool IsConsistent
        => Requests == _buckets.Sum(bucket => bucket.Requests)
            && Tokens == _buckets.Sum(bucket => bucket.Tokens)
            && _buckets.TrueForAll(bucket => bucket is { Requests: >= 0, Tokens: >= 0 });

    private DateTime? When(long excess, Func<Bucket, long> amount)
    {
        foreach (var bucket in _buckets)
        {
            excess -= amount(bucket);
            if (excess <= 0)
            {
                return bucket.LastAt + _length;
            }
        }

        return null;
    }

    private long IndexOf(DateTime at) => at.Ticks / (_length.Ticks / BucketsPerWindow);

    /// <summary>Searches from the end, where calls of this moment are; the complement of its place for one that is missing.</summary>
    private int Find(long index)
    {
        if (_buckets.Count == 0 || _buckets[^1].Index < index)
        {
            return ~_buckets.Count;
        }

        int low = 0, high = _buckets.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_buckets[middle].Index == index)
            {
                return middle;
            }

            (low, high) = _buckets[middle].Index < index ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private struct Bucket
    {
        public long Index;
        public DateTime LastAt;
        public long Requests;
        public long Tokens;
        public bool IsDirty;
    }
}
