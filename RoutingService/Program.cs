using RoutingService;
using ServiceDefaults.Hosting;

return await GatewayHost.RunAsync(
    args,
    builder => builder.AddRoutingService(),
    app => app.MapRoutingService());
