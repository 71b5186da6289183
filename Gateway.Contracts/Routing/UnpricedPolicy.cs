using System.Text.Json.Serialization;

namespace Gateway.Contracts.Routing;

/// <summary>What becomes of a call to a model whose price nobody knows. Unknown is never free.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UnpricedPolicy>))]
public enum UnpricedPolicy
{
    /// <summary>It is served, its cost is unknown, and it is told; a key with a budget cannot make it.</summary>
    Mark,

    /// <summary>It is refused.</summary>
    Refuse,

    /// <summary>It costs what the gateway's settings say an unknown model costs.</summary>
    Ceiling,
}
