using System.Text.Json.Nodes;
using Gateway.Configuration;

namespace Gateway.Cli.Files;

internal static class Faults
{
    public static JsonArray ToJson(IEnumerable<ConfigurationFault> faults) => new([.. faults.Select(fault => new JsonObject
    {
        ["path"] = fault.Path, ["message"] = fault.Message, ["line"] = fault.Line, ["column"] = fault.Column,
    })]);
}
