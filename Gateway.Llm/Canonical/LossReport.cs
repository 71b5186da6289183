namespace Gateway.Llm.Canonical;

/// <summary>
/// What of a call could not be carried over, in the words of <c>x-gateway-lossy</c>: <c>dropped:seed</c>, <c>changed:temperature</c>,
/// <c>emulated:response_format</c>. Fields are named as the client's format names them.
/// </summary>
public sealed class LossReport
{
    private readonly List<string> _entries = [];

    public IReadOnlyList<string> Entries => _entries;

    /// <summary>Something is missing or different; an emulation is neither.</summary>
    public bool HasLoss { get; private set; }

    public void Dropped(string field) => Add($"dropped:{field}", isLoss: true);

    public void Changed(string field) => Add($"changed:{field}", isLoss: true);

    public void Emulated(string field) => Add($"emulated:{field}", isLoss: false);

    private void Add(string entry, bool isLoss)
    {
        HasLoss |= isLoss;
        if (!_entries.Contains(entry))
        {
            _entries.Add(entry);
        }
    }
}
