using System.Diagnostics;
using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Settings;

namespace Tests.TestKit.Topologies;

/// <summary>The gateway as four services, started by the AppHost.</summary>
public sealed class AspireGateway : IGateway
{
    private static readonly string[] Services = ["edge", "keyservice", "routingservice", "usageservice"];

    private readonly DataFolder _data = new();
    private readonly IReadOnlyDictionary<string, string> _connectionStrings;
    private DistributedApplication? _application;

    private readonly IReadOnlyDictionary<string, string> _environment;

    private AspireGateway(IReadOnlyDictionary<string, string> connectionStrings, IReadOnlyDictionary<string, string> environment)
        => (_connectionStrings, _environment) = (connectionStrings, environment);

    public Uri EdgeUrl { get; private set; } = new("http://localhost:0");

    public string AdminKey { get; } = $"test-admin-{RandomNumberGenerator.GetHexString(32)}";

    public string DevelopmentKey { get; private set; } = "";

    /// <summary>What the services sign their calls to one another with.</summary>
    public byte[] InternalKey { get; } = RandomNumberGenerator.GetBytes(32);

    public string DataDirectory => _data.Path;

    public IReadOnlyCollection<string> ConnectionStrings => [.. _connectionStrings.Values];

    public OutputLog Output { get; } = new();

    /// <param name="connectionStrings">By the names of configuration.</param>
    /// <param name="environment">Further variables of each service.</param>
    public static async Task<AspireGateway> StartNewAsync(
        IReadOnlyDictionary<string, string> connectionStrings, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = new AspireGateway(connectionStrings, environment ?? new Dictionary<string, string>());
        try
        {
            await gateway.StartAsync();
            return gateway;
        }
        catch (Exception exception)
        {
            await gateway.DisposeAsync();
            throw new InvalidOperationException($"The services did not start:\n{gateway.Output.Text()}", exception);
        }
    }

    public HttpClient CreateClient(string? key = null) => GatewayClients.Create(EdgeUrl, key);

    /// <summary>The address of an internal service.</summary>
    public Uri AddressOf(string service) => _application!.GetEndpoint(service, "http");

    public async Task StartAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [
                $"--Gateway:DataDirectory={DataDirectory}",
                $"--{EnvFile.Setting}={_environment.GetValueOrDefault(SecretSetting.EnvironmentName(EnvFile.Setting), EnvFile.None)}",
                $"--Gateway:AdminKey={AdminKey}",
                $"--Gateway:InternalKey={Convert.ToBase64String(InternalKey)}",
                .. _connectionStrings.Select(setting => $"--{setting.Key}={setting.Value}"),
            ],
            TimeLimit.Token());
        builder.Services.AddLogging(logging => logging.ClearProviders().AddProvider(new OutputLogger(Output)));
        if (builder.Resources.OfType<ParameterResource>().SingleOrDefault(resource => resource.Name == "development-key") is { } key)
        {
            DevelopmentKey = await key.GetValueAsync(TimeLimit.Token()) ?? "";
        }

        // Many gateways share the machine of a test run: a ledger that is slow is not away.
        builder.Resources.Single(resource => resource.Name == "edge").Annotations.Add(
            new EnvironmentCallbackAnnotation(context =>
            {
                context.EnvironmentVariables["Edge__Ledger__PatienceSeconds"] = "30";
                return Task.CompletedTask;
            }));

        // Tests count what their providers are asked.
        builder.Resources.Single(resource => resource.Name == "routingservice").Annotations.Add(
            new EnvironmentCallbackAnnotation(context =>
            {
                context.EnvironmentVariables["Routing__Health__Enabled"] = "false";
                return Task.CompletedTask;
            }));

        foreach (var service in builder.Resources.Where(resource => Services.Contains(resource.Name)))
        {
            service.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
            {
                // Of its file the AppHost itself tells the services.
                foreach (var (name, value) in _environment.Where(variable => variable.Key != SecretSetting.EnvironmentName(EnvFile.Setting)))
                {
                    context.EnvironmentVariables[name] = value;
                }

                return Task.CompletedTask;
            }));
        }

        _application = await builder.BuildAsync(TimeLimit.Token());
        await _application.StartAsync(TimeLimit.Token());
        await _application.ResourceNotifications.WaitForResourceHealthyAsync("edge", TimeLimit.Token());
        EdgeUrl = _application.GetEndpoint("edge", "http");
    }

    public async Task StopAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.StopAsync(TimeLimit.Token());
            await application.DisposeAsync();
        }
    }

    public async Task KillAsync()
    {
        foreach (var service in Services)
        {
            await KillServiceAsync(service);
        }

        await StopAsync();
    }

    /// <summary>Ends one service as a crash would; nobody starts it again.</summary>
    public async Task KillServiceAsync(string service)
    {
        if (!_application!.ResourceNotifications.TryGetCurrentState(service, out var state)
            || state.Snapshot.Properties.SingleOrDefault(property => property.Name == "executable.pid")?.Value is not int id)
        {
            throw new InvalidOperationException($"There is no process of '{service}'.");
        }

        using var process = Process.GetProcessById(id);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TimeLimit.Token());
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _data.Dispose();
    }

    private sealed class OutputLogger(OutputLog output) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, output);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, OutputLog output) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
                => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                => output.Add($"{category[(category.LastIndexOf('.') + 1)..]}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
        }
    }
}
