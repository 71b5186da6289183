using Gateway.Edge;
using KeyService;
using RoutingService;
using ServiceDefaults.Audit;
using ServiceDefaults.Hosting;
using UsageService;

namespace Gateway.Standalone;

/// <summary>The whole gateway in one process: a program of its own, and a part of the command line.</summary>
public static class StandaloneHost
{
    /// <summary>Until it is told to end; the exit code.</summary>
    /// <param name="args">Settings, as on the command line.</param>
    /// <param name="console">Null for the console of the process.</param>
    /// <param name="prepare">Gets the gateway before it starts.</param>
    public static Task<int> RunAsync(string[] args, HostConsole? console = null, Action<WebApplication>? prepare = null) => GatewayHost.RunAsync(
        args,
        builder =>
        {
            builder.AddLocalInstallation(isOnlyRead: AuditCommand.IsAsked(args));
            builder.AddKeyLedger();
            builder.AddModelRouter();
            builder.AddUsageLog();
            builder.AddEdge();
        },
        app =>
        {
            app.MapEdge();
            app.MapKeyAdmin();
            app.MapRoutingAdmin();
            app.MapUsageAdmin();
            prepare?.Invoke(app);
        },
        console);
}
