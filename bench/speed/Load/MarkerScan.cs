namespace Bench.Speed.Load;

/// <summary>Finds the texts of a stream in what has arrived of it, in their order, and how long each was on its way.</summary>
internal sealed class MarkerScan
{
    private List<int>? _lags;
    private int _position;

    public int Count { get; private set; }

    /// <summary>Null while each came in its turn.</summary>
    public string? Fault { get; private set; }

    public void Clear(List<int>? lags) => (_lags, _position, Count, Fault) = (lags, 0, 0, null);

    /// <param name="body">All of it so far.</param>
    public void Read(ReadOnlySpan<byte> body)
    {
        var now = Marker.Now;
        while (body[_position..].IndexOf(Marker.Start) is >= 0 and var place)
        {
            _position += place;
            if (body.Length - _position < Marker.Length)
            {
                return;
            }

            if (!Marker.TryRead(body[_position..], out var number, out var sentAt) || number != Count % Marker.ChunksOfStream)
            {
                Fault ??= $"text {Count} is out of its order";
            }

            if (Count < Marker.ChunksOfStream)
            {
                _lags?.Add((int)((now - sentAt) / 1000));
            }

            Count++;
            _position += Marker.Length;
        }

        _position = body.Length;
    }
}
