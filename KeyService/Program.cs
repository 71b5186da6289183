using KeyService;
using ServiceDefaults.Hosting;

return await GatewayHost.RunAsync(
    args,
    builder => builder.AddKeyService(),
    app => app.MapKeyService());
