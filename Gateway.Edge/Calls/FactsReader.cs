using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Gateway.Llm.Canonical;

namespace Gateway.Edge.Calls;

/// <summary>Scans a request in its format, for admission.</summary>
internal static class FactsReader
{
    public delegate RequestScan Scanner(ReadOnlySpan<byte> body);

    public static RequestFacts Read(IClientFormat format, ReadOnlyMemory<byte> body) => Read(format.Scan, body);

    public static RequestFacts Read(Scanner scanner, ReadOnlyMemory<byte> body)
    {
        RequestScan scan;
        try
        {
            scan = scanner(body.Span);
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }

        return new RequestFacts
        {
            Model = scan.Model,
            Stream = scan.Stream,
            IncludeUsage = scan.IncludeUsage,
            MaxOutputTokens = scan.MaxOutputTokens,
            Choices = scan.Choices,
            TextBytes = scan.TextBytes,
            EndUser = scan.EndUser,
            ServiceTier = scan.ServiceTier,
            ModelValue = new ByteRange(scan.ModelValue.Start, scan.ModelValue.Length),
            StreamOptionsValue = new ByteRange(scan.StreamOptionsValue.Start, scan.StreamOptionsValue.Length),
            IncludeUsageValue = new ByteRange(scan.IncludeUsageValue.Start, scan.IncludeUsageValue.Length),
        };
    }
}
