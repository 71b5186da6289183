namespace Gateway.Cli.Demo;

/// <summary>What became of the calls.</summary>
internal sealed class DemoTally
{
    /// <summary>The caller did not wait for the end.</summary>
    public const int Left = 0;

    private readonly Lock _lock = new();

    public SortedDictionary<int, int> Statuses { get; } = [];

    public SortedDictionary<string, int> Kinds { get; } = new(StringComparer.Ordinal);

    public int Calls { get; private set; }

    /// <summary>How many of them the log can have: a request that is none leaves no record.</summary>
    public int Recorded { get; private set; }

    /// <summary>How many there are now.</summary>
    public int Add(string kind, int status)
    {
        lock (_lock)
        {
            Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
            Kinds[kind] = Kinds.GetValueOrDefault(kind) + 1;
            Recorded += status is 400 or 401 ? 0 : 1;
            return ++Calls;
        }
    }
}
