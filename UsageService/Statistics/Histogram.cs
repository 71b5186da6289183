namespace UsageService.Statistics;

/// <summary>
/// How often a duration was in each of 256 ranges, eight to a doubling, from a microsecond to an hour. A percentile is the middle of its
/// range, and so at most 4.5 % off; what is added up later is as exact.
/// </summary>
internal sealed class Histogram
{
    private const int Ranges = 256;
    private const int PerDoubling = 8;

    private long[] _counts = [];
    private int _first;

    public long Count { get; private set; }

    public void Add(double milliseconds) => Add(RangeOf(milliseconds), 1);

    public void Add(Histogram other)
    {
        for (var index = 0; index < other._counts.Length; index++)
        {
            if (other._counts[index] > 0)
            {
                Add(other._first + index, other._counts[index]);
            }
        }
    }

    /// <summary>Null where nothing was counted.</summary>
    public double? Percentile(double part)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        var index = 0;
        for (var seen = _counts[0]; seen < rank; seen += _counts[index])
        {
            index++;
        }

        return Middle(_first + index);
    }

    /// <summary>Pairs of a range and its count behind the number of pairs.</summary>
    public void Write(Stream output)
    {
        PackedNumber.Write(output, _counts.LongCount(count => count > 0));
        for (var index = 0; index < _counts.Length; index++)
        {
            if (_counts[index] > 0)
            {
                output.WriteByte((byte)(_first + index));
                PackedNumber.Write(output, _counts[index]);
            }
        }
    }

    /// <summary>Adds what was written; gives what follows it.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> input)
    {
        for (var pairs = PackedNumber.Read(ref input); pairs > 0; pairs--)
        {
            var range = input[0];
            input = input[1..];
            Add(range, PackedNumber.Read(ref input));
        }

        return input;
    }

    private static int RangeOf(double milliseconds)
    {
        var microseconds = milliseconds * 1000;
        return microseconds < 1 ? 0 : Math.Min(Ranges - 1, 1 + (int)(PerDoubling * Math.Log2(microseconds)));
    }

    /// <summary>In milliseconds.</summary>
    private static double Middle(int range) => range == 0 ? 0 : Math.Pow(2, (range - 0.5) / PerDoubling) / 1000;

    private void Add(int range, long count)
    {
        if (_counts.Length == 0)
        {
            (_first, _counts) = (range, new long[1]);
        }
        else if (range < _first || range >= _first + _counts.Length)
        {
            var (first, last) = (Math.Min(range, _first), Math.Max(range, _first + _counts.Length - 1));
            var grown = new long[last - first + 1];
            _counts.CopyTo(grown, _first - first);
            (_first, _counts) = (first, grown);
        }

        _counts[range - _first] += count;
        Count += count;
    }
}
