using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers;

/// <summary>One attempt: a client's request and the target that it goes to.</summary>
internal sealed class ProviderCall(DispatchRequest request, ReadOnlyMemory<byte> body, Target target)
{
    private LlmRequest? _canonical;

    public DispatchRequest Request => request;

    public ReadOnlyMemory<byte> Body => body;

    public Target Target => target;

    /// <summary>How long this target is waited for; null where it is as for all.</summary>
    public UpstreamTimeouts? Timeouts { get; init; }

    /// <summary>What this target cannot take, or the client's format cannot give back.</summary>
    public LossReport Losses { get; } = new();

    /// <summary>The client's request between the formats; read when it is first asked for, so never where bytes go through.</summary>
    public LlmRequest Canonical => _canonical ??= Read();

    /// <summary>The same request in a form that this target can take.</summary>
    public void Replace(LlmRequest canonical) => _canonical = canonical;

    private LlmRequest Read()
    {
        try
        {
            return ClientFormats.Of(request.Format).Read(body);
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }
    }
}
