using System.Runtime.CompilerServices;

namespace Tests.TestKit;

/// <summary>Keys of the person at the keyboard would make services of every gateway that a test starts.</summary>
internal static class OwnEnvironment
{
    private static readonly string[] Names =
    [
        "ROUTER_SERVICES", "REQUEST_TIMEOUT", "CEREBRAS_API_KEY", "CEREBRAS_BASE_URL", "DEEPINFRA_TOKEN", "DEEPINFRA_BASE_URL", "OPENAI_API_KEY",
        "OPENAI_BASE_URL", "OLLAMA_BASE_URL", "OLLAMA_AUTH_KEY",
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
