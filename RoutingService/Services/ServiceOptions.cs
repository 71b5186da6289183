namespace RoutingService.Services;

/// <summary>Section <c>Routing:Services</c>.</summary>
internal sealed class ServiceOptions
{
    public const string Section = "Routing:Services";

    /// <summary>Answers of a service tell of it in a <c>router</c> object.</summary>
    public bool Extension { get; set; } = true;

    /// <summary>A vendor's key in the environment makes a provider of it. Services are another matter: <c>ROUTER_SERVICES</c> says which there are.</summary>
    public bool Vendors { get; set; } = true;
}
