namespace Gateway.Simulator;

/// <summary>The section <c>Simulator</c>.</summary>
public sealed class SimulatorOptions
{
    /// <summary>How many of the newest requests are kept, with their bodies. 0 keeps none, which is how speed is measured.</summary>
    public int RecordedRequests { get; set; } = 1000;

    /// <summary>Folders with recorded exchanges; the first that has a fixture is taken.</summary>
    public IList<string> FixtureFolders { get; set; } = [];

    /// <summary>A request that no script, fixture or fault is for is answered 501 and marked as unexpected.</summary>
    public bool RequireScripts { get; set; }
}
