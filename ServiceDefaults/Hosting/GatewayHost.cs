using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Hosting;

/// <summary>Runs a web program of the gateway: bad settings end it with one clear line and exit code 1.</summary>
public static class GatewayHost
{
    /// <summary>Below every other source, so that a file, the environment or an argument may say otherwise.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
        ["Logging:LogLevel:System.Net.Http"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",

        // What it reports as errors is thrown as well, and said then in one line or by whoever catches it.
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Connection"] = "Critical",
    };

    /// <param name="console">Null for the console of the process.</param>
    public static async Task<int> RunAsync(
        string[] args,
        Action<WebApplicationBuilder> add,
        Action<WebApplication> map,
        HostConsole? console = null)
    {
        console ??= HostConsole.OfProcess;
        WorkerThreads.Reserve();
        try
        {
            var builder = WebApplication.CreateSlimBuilder(AuditCommand.WithoutIt(args));
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
            builder.Configuration.AddEnvFile();
            ConfigFileSettings.Add(builder, place: 1);
            builder.WebHost.UseKestrelHttpsConfiguration();
            ListenAddresses.Check(builder.Configuration["urls"]);
            if (string.IsNullOrEmpty(builder.Configuration["urls"]) && ListenAddresses.Choose(builder.Configuration) is { } url)
            {
                builder.WebHost.UseUrls(url);
            }

            if (console.IsJson)
            {
                builder.Logging.AddJsonConsole();
            }

            var hostLog = new HostLog();
            hostLog.Filter(builder.Logging);
            builder.Services.AddSingleton(console);
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Services.AddParentWatchdog();
            builder.Services.AddAdminJson();
            builder.AddServiceDefaults();
            add(builder);
            // After all others: what they leave behind is what it is about.
            builder.Services.AddHostedService<StartupMemory>();

            var app = builder.Build();
            await using (app)
            {
                if (AuditCommand.IsAsked(args))
                {
                    return await AuditCommand.RunAsync(app.Services, console);
                }

                app.MapDefaultEndpoints();
                map(app);
                await hostLog.StartAsync(app);
                await app.WaitForShutdownAsync();
            }

            return 0;
        }
        catch (Exception exception) when (Describe(exception) is { } line)
        {
            await console.FailAsync(line);
            return 1;
        }
    }

    /// <summary>
    /// A start that fails ends services that have not begun. The host takes that for their failure, and would say so with stack traces beside the one
    /// line that matters.
    /// </summary>
    private sealed class HostLog
    {
        private const string Category = "Microsoft.Extensions.Hosting.Internal.Host";

        private volatile bool _isSilent;

        /// <summary>What it reports as an error is thrown as well, and said then in one line or by whoever catches it.</summary>
        public void Filter(ILoggingBuilder logging) => logging.AddFilter(Category, level => level >= LogLevel.Critical && !_isSilent);

        public async Task StartAsync(WebApplication app)
        {
            try
            {
                await app.StartAsync();
            }
            catch
            {
                _isSilent = true;
                throw;
            }
        }
    }

    /// <summary>Null for what is not a matter of settings: that is a fault, and its stack trace is wanted.</summary>
    private static string? Describe(Exception exception) => exception switch
    {
        SettingsException => exception.Message,
        OptionsValidationException => exception.Message,
        InvalidOperationException when exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => exception.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => $"{exception.Message} Choose another address with --urls.",
        System.Net.Sockets.SocketException => $"Cannot listen: {exception.Message}. Choose another address with --urls.",
        _ => null,
    };
}
