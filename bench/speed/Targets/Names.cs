namespace Bench.Speed.Targets;

/// <summary>What the columns of the tables are called.</summary>
internal static class Names
{
    public const string Direct = "upstream";
    public const string Nginx = "nginx";
    public const string Forwarder = "forwarder";
    public const string Standalone = "standalone";
    public const string Services = "services";

    /// <summary>Without limits, budgets, metrics and traces.</summary>
    public const string Bare = "standalone-off";

    public const string Portkey = "portkey";
}
