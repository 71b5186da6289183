using System.Text;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Calls;

/// <summary>A request that names no model leaves the choice to the gateway: it goes to the alias of this name.</summary>
internal static class AutomaticModel
{
    private const string Name = "auto";

    /// <summary>The body, naming the alias.</summary>
    public static byte[] Insert(ReadOnlySpan<byte> body, RequestFacts facts)
    {
        if (!facts.ModelValue.IsEmpty)
        {
            return [.. body[..facts.ModelValue.Start], .. Encoding.ASCII.GetBytes($"\"{Name}\""), .. body[(facts.ModelValue.Start + facts.ModelValue.Length)..]];
        }

        var start = body.IndexOf((byte)'{') + 1;
        var isAlone = body[start..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
        return [.. body[..start], .. Encoding.ASCII.GetBytes($"\"model\":\"{Name}\"{(isAlone ? "" : ",")}"), .. body[start..]];
    }

    /// <summary>Where the gateway has no such alias, or nothing to choose among, a model is required as ever.</summary>
    public static void Require(ModelQuote quote, CallOperation operation)
    {
        if (!quote.IsKnown || operation is not (CallOperation.Generate or CallOperation.CountTokens))
        {
            throw new GatewayErrorException(GatewayError.BadRequest("missing_required_parameter", "'model' is required.", "model"));
        }
    }
}
