using RoutingService.Providers.OpenAICompatible;

namespace RoutingService.Providers.Azure;

/// <summary>Azure's errors are OpenAI's, with codes of its own: some are the status again, others a name.</summary>
internal static class AzureErrors
{
    public static UpstreamFault FindFault(ReadOnlyMemory<byte> json)
    {
        var fault = OpenAIErrors.FindFault(json);
        return fault.Code switch
        {
            "DeploymentNotFound" => fault with { Status = StatusCodes.Status404NotFound },
            "ResponsibleAIPolicyViolation" => fault with { Code = "content_filter" },

            // A number says nothing that the status does not.
            { } code when code.All(char.IsAsciiDigit) => fault with { Code = null },
            _ => fault,
        };
    }
}
