using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false)
        => builder.AddResource(new ParameterResource(name, () => ReadValue(builder.Configuration, name), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
        => builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        Func<string> valueGetter,
        bool publishValueAsDefault = false,
        bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException($"Parameter '{name}' is secret: its value is not written to the manifest.", nameof(publishValueAsDefault));
        }

        return builder.AddResource(new ParameterResource(name, valueGetter, secret)
        {
            PublishedDefault = publishValueAsDefault ? valueGetter() : null,
        });
    }

    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
        => builder.AddResource(new ConnectionStringParameterResource(
            name,
            () => builder.Configuration.GetConnectionString(name) ?? throw new DistributedApplicationException(
                $"Connection string '{name}' has no value: set 'ConnectionStrings:{name}' in the AppHost's configuration."),
            environmentVariableName));

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
        => builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    private static string ReadValue(ConfigurationManager configuration, string name)
        => configuration[$"Parameters:{name}"]
            ?? configuration[$"Parameters:{name.Replace('-', '_')}"]
            ?? throw new DistributedApplicationException(
                $"Parameter '{name}' has no value: set 'Parameters:{name}' in the AppHost's configuration.");
}
