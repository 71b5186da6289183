using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets a test take over the builder that an AppHost's own entry point makes.</summary>
internal sealed class AppHostInterception(Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private static readonly AsyncLocal<AppHostInterception?> Ambient = new();

    public static AppHostInterception? Current => Ambient.Value;

    public DistributedApplicationBuilder? Builder { get; private set; }

    /// <summary>Runs the entry point up to its call of Build; whatever it does after that is left to the test.</summary>
    public DistributedApplicationBuilder Run(Action entryPoint)
    {
        Ambient.Value = this;
        try
        {
            entryPoint();
        }
        catch (HostAbortedException exception)
        {
            return Builder ?? throw new InvalidOperationException("The host was aborted before the AppHost's builder was made.", exception);
        }
        finally
        {
            Ambient.Value = null;
        }

        throw new InvalidOperationException("The AppHost's entry point returned without building a distributed application.");
    }

    public void OnCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => configure(options, settings);

    public void OnBuilding(DistributedApplicationBuilder builder)
    {
        Builder = builder;
        throw new HostAbortedException("A test has taken over the AppHost's builder.");
    }
}
