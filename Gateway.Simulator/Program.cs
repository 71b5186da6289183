using Gateway.Simulator;

var builder = WebApplication.CreateSlimBuilder(args);
var options = builder.Configuration.GetSection("Simulator").Get<SimulatorOptions>() ?? new SimulatorOptions();
if (builder.Configuration["GATEWAY_FIXTURES"] is { Length: > 0 } folder)
{
    options.FixtureFolders.Add(folder);
}

var simulator = SimulatorApplication.Build(builder, options, TimeProvider.System);
await simulator.Web.StartAsync();
Console.WriteLine($"Simulator at {string.Join(' ', simulator.Web.Urls)}");
await simulator.Web.WaitForShutdownAsync();
