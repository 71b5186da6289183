using System.Text.Json.Nodes;

namespace Gateway.Cli.Demo;

/// <param name="Knobs">How the simulated model behaves.</param>
/// <param name="Leaves">Whether the caller goes away before the end.</param>
internal sealed record DemoCall(string Kind, string Path, JsonObject Body, string Secret, string? Knobs = null, bool Leaves = false);
