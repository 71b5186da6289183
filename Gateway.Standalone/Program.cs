using Gateway.Edge;
using Gateway.Standalone;
using KeyService;
using RoutingService;
using ServiceDefaults.Audit;
using ServiceDefaults.Hosting;
using UsageService;

return await GatewayHost.RunAsync(
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
    });
