using System.Globalization;

namespace Gateway.Configuration;

/// <summary>Something that is wrong with a configuration.</summary>
/// <param name="Path">Where in the document, as in <c>models.fast.routing_config</c>; empty for all of it.</param>
/// <param name="Line">From 1; 0 where there is no place in a file.</param>
/// <param name="Column">From 1; 0 where there is no place in a file.</param>
public sealed record ConfigurationFault(string Path, string Message, int Line = 0, int Column = 0)
{
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: ") : "";
        return Path.Length > 0 ? $"{place}{Path}: {Message}" : place + Message;
    }
}
