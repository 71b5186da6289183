using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Bench.Speed;

/// <summary>A server that ends when whoever started it does, however that was: its standard input ends then.</summary>
internal static class OwnerExit
{
    public static async Task RunAsync(WebApplication app)
    {
        await app.StartAsync();
        if (Console.IsInputRedirected)
        {
            _ = StopAtEndOfInputAsync(app.Lifetime);
        }

        await app.WaitForShutdownAsync();
    }

    private static async Task StopAtEndOfInputAsync(IHostApplicationLifetime lifetime)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[16];
        while (await input.ReadAsync(buffer) > 0)
        {
            // Nobody writes there; only the end says something.
        }

        lifetime.StopApplication();
    }
}
