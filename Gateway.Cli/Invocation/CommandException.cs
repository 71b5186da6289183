using System.Text.Json.Nodes;

namespace Gateway.Cli.Invocation;

/// <summary>Ends a command: what went wrong, and what would put it right.</summary>
internal sealed class CommandException(string message, string? advice = null, int exitCode = ExitCodes.Failed, Exception? innerException = null)
    : Exception(message, innerException)
{
    public string? Advice => advice;

    public int ExitCode => exitCode;

    /// <summary>The status of the gateway's answer, where there was one.</summary>
    public int? Status { get; init; }

    /// <summary>What the gateway calls the fault.</summary>
    public string? Code { get; init; }

    /// <summary>Each wrong field, by its name.</summary>
    public JsonNode? Fields { get; init; }
}
