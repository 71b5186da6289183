using Gateway.Edge;
using ServiceDefaults.Hosting;

return await GatewayHost.RunAsync(
    args,
    builder => builder.AddEdgeService(),
    app => app.MapEdgeService());
