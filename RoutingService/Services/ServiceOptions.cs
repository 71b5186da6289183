namespace RoutingService.Services;

/// <summary>Section <c>Routing:Services</c>.</summary>
internal sealed class ServiceOptions
{
    public const string Section = "Routing:Services";

    /// <summary>Answers of a service tell of it in a <c>router</c> object.</summary>
    public bool Extension { get; set; } = true;
}
