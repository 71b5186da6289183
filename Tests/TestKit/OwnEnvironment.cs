using System.Runtime.CompilerServices;
using RoutingService.Services;

namespace Tests.TestKit;

/// <summary>Keys of the person at the keyboard would make services of every gateway that a test starts.</summary>
internal static class OwnEnvironment
{
    private static readonly string[] Names =
    [
        .. VendorReader.Variables, "ROUTER_SERVICES", "REQUEST_TIMEOUT", "CEREBRAS_RATE_LIMIT_REQUESTS", "CEREBRAS_RATE_LIMIT_WINDOW",
        "HOST", "PORT", "ENABLE_AUTH", "AUTH_HEADER_NAME", "AUTH_KEY", "AUTH_KEYS_FILE", .. Enumerable.Range(1, 99).Select(number => $"AUTH_KEY_{number:00}"),
        "API_TITLE", "API_DESCRIPTION", "API_VERSION",
    ];

    [ModuleInitializer]
    internal static void Clear()
    {
        foreach (var name in Names)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
