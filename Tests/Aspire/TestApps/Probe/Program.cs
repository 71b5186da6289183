using ServiceDefaults.Hosting;

// A service that does what its environment says, so that one program stands for all kinds of neighbours.
if (Environment.GetEnvironmentVariable("PROBE_CRASH") is { } message)
{
    await Console.Error.WriteLineAsync(message);
    return 3;
}

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddParentWatchdog();
var app = builder.Build();

var healthyAt = int.Parse(app.Configuration["PROBE_HEALTHY_AT_REQUEST"] ?? "1", System.Globalization.CultureInfo.InvariantCulture);
var requests = 0;
app.MapGet("/health", () => Interlocked.Increment(ref requests) >= healthyAt ? Results.Ok() : Results.StatusCode(503));
app.MapGet("/environment", () => Environment.GetEnvironmentVariables());
app.MapGet("/arguments", () => args);
app.MapGet("/process", () => Environment.ProcessId);
app.MapPost("/crash", () => Environment.Exit(7));
await app.RunAsync();
return 0;
