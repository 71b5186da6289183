using ServiceDefaults.Hosting;
using UsageService;

return await GatewayHost.RunAsync(
    args,
    builder => builder.AddUsageService(),
    app => app.MapUsageService());
