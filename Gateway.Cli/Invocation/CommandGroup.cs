using System.CommandLine;

namespace Gateway.Cli.Invocation;

/// <summary>Commands about one thing; by itself it does nothing.</summary>
internal sealed class CommandGroup(string name, string description) : Command(name, description);
