using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
        => AddProject(builder, name, new TProject(), new ProjectResourceOptions());

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new()
        => AddProject(builder, name, new TProject(), OptionsFor(launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        return AddProject(builder, name, new TProject(), options);
    }

    /// <summary>A null name means no profile; the overload without the parameter chooses one.</summary>
    private static ProjectResourceOptions OptionsFor(string? launchProfileName)
        => new() { LaunchProfileName = launchProfileName, ExcludeLaunchProfile = launchProfileName is null };

    private static IResourceBuilder<ProjectResource> AddProject(
        IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        var profile = options.ExcludeLaunchProfile
            ? null
            : (metadata.LaunchSettings ?? LaunchSettings.Read(Path.GetDirectoryName(metadata.ProjectPath)!))?.Choose(
                options.LaunchProfileName,
                builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"]);

        project.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        if (builder.ExecutionContext.IsPublishMode)
        {
            AddPublishEndpoints(project.Resource, profile?.Value);
            return project.WithEnvironment(context => SetPublishVariables(project.Resource, context.EnvironmentVariables));
        }

        AddLaunchProfileEndpoints(project.Resource, profile?.Value);
        return project.WithEnvironment(context => SetRunVariables(project.Resource, profile, context.EnvironmentVariables));
    }

    private static void AddLaunchProfileEndpoints(ProjectResource project, LaunchProfile? profile)
    {
        foreach (var url in (profile?.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // "*" and "+" are hosts to Kestrel, not to Uri.
            var address = new Uri(url.Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal));
            var sameScheme = project.Annotations.OfType<EndpointAnnotation>().Count(endpoint => endpoint.UriScheme == address.Scheme);
            project.Annotations.Add(new EndpointAnnotation(
                ProtocolType.Tcp,
                address.Scheme,
                name: sameScheme == 0 ? address.Scheme : $"{address.Scheme}{sameScheme + 1}",
                port: address.Port)
            {
                FromLaunchProfile = true,
            });
        }
    }

    /// <summary>The platform terminates TLS, so a web project gets both schemes, on ports that the deployer learns from the image.</summary>
    private static void AddPublishEndpoints(ProjectResource project, LaunchProfile? profile)
    {
        if (!string.IsNullOrEmpty(profile?.ApplicationUrl))
        {
            project.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "http") { FromLaunchProfile = true });
            project.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "https") { FromLaunchProfile = true });
        }
    }

    private static void SetPublishVariables(ProjectResource project, Dictionary<string, object> variables)
    {
        var endpoints = UrlEndpoints(project).ToList();
        if (endpoints.Count > 0)
        {
            variables.TryAdd("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true");
        }

        var http = endpoints.Where(endpoint => endpoint.Scheme == "http")
            .Select(endpoint => endpoint.Property(EndpointProperty.TargetPort).ValueExpression);
        if (string.Join(';', http) is { Length: > 0 } ports)
        {
            variables.TryAdd("HTTP_PORTS", new ManifestText(ports));
        }
    }

    private static void SetRunVariables(
        ProjectResource project, KeyValuePair<string, LaunchProfile>? profile, Dictionary<string, object> variables)
    {
        if (profile is { } chosen)
        {
            variables.TryAdd("DOTNET_LAUNCH_PROFILE", chosen.Key);
            foreach (var (name, value) in chosen.Value.EnvironmentVariables)
            {
                variables.TryAdd(name, value);
            }
        }

        var endpoints = UrlEndpoints(project).ToList();
        if (endpoints.Count > 0)
        {
            variables.TryAdd("ASPNETCORE_URLS", string.Join(';', endpoints.Select(endpoint => $"{endpoint.Scheme}://localhost:{endpoint.TargetPort}")));
        }

        if (endpoints.FirstOrDefault(endpoint => endpoint.Scheme == "https") is { } https)
        {
            variables.TryAdd("ASPNETCORE_HTTPS_PORT", $"{https.Port}");
        }

        variables.TryAdd("LOGGING__CONSOLE__FORMATTERNAME", "simple");
        variables.TryAdd("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true");
    }

    private static IEnumerable<EndpointReference> UrlEndpoints(ProjectResource project) => project.GetEndpoints()
        .Where(endpoint => endpoint.EndpointAnnotation is { IsHttp: true, TargetPortEnvironmentVariable: null });
}
