using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Aspire;

/// <summary>An application model whose resources change and write when a test says so.</summary>
internal sealed class DashboardTestModel
{
    public ResourceNotificationService Notifications { get; } = new(NullLogger<ResourceNotificationService>.Instance, WaitBehavior.WaitOnResourceUnavailable);

    public ResourceLoggerService ConsoleLogs { get; } = new(new ResourceCollection(), NullLoggerFactory.Instance, new TestEnvironment(), TimeProvider.System);

    public Task PublishAsync(string name, string state) => PublishAsync(name, snapshot => snapshot with { State = state });

    public Task PublishAsync(string name, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
        => Notifications.PublishUpdateAsync(new TestResource(name), Id(name), change);

    public void Write(string name, string line, bool isError = false)
        => ConsoleLogs.GetLogger(Id(name)).Log(isError ? LogLevel.Error : LogLevel.Information, "{Line}", line);

    public static string Id(string name) => $"{name}-0a1b2c3d";

    private sealed class TestResource(string name) : Resource(name);

    public sealed class TestEnvironment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Production;

        public string ApplicationName { get; set; } = "Tests";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
