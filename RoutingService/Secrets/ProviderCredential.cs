using System.Diagnostics;

namespace RoutingService.Secrets;

/// <summary>A provider's key in the open: it can be put into a request, but neither printed nor serialized.</summary>
[DebuggerDisplay("***")]
internal sealed class ProviderCredential(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}
