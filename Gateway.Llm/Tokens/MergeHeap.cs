using System.Buffers;

namespace Gateway.Llm.Tokens;

/// <summary>A binary heap of possible merges on a rented array, the lowest first: the rank above, the position below.</summary>
internal ref struct MergeHeap(int capacity)
{
    private readonly uint[] _items = ArrayPool<uint>.Shared.Rent(capacity);
    private int _count;

    public void Push(uint item)
    {
        var at = _count++;
        while (at > 0 && _items[(at - 1) / 2] > item)
        {
            _items[at] = _items[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _items[at] = item;
    }

    public bool TryPop(out uint lowest)
    {
        if (_count == 0)
        {
            lowest = 0;
            return false;
        }

        lowest = _items[0];
        var last = _items[--_count];
        var at = 0;
        for (var child = 1; child < _count; child = (2 * at) + 1)
        {
            if (child + 1 < _count && _items[child + 1] < _items[child])
            {
                child++;
            }

            if (_items[child] >= last)
            {
                break;
            }

            _items[at] = _items[child];
            at = child;
        }

        _items[at] = last;
        return true;
    }

    public readonly void Return() => ArrayPool<uint>.Shared.Return(_items);
}
