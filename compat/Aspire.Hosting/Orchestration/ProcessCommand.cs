using System.Diagnostics;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>How the process of a resource is started.</summary>
internal static class ProcessCommand
{
    /// <summary>Prefix of the assembly metadata in which the AppHost's build records where each project's output is.</summary>
    private const string TargetKey = "aspireprojecttarget:";

    public static async Task<ProcessStartInfo> CreateAsync(IResource resource, CancellationToken cancellationToken)
    {
        var startInfo = resource switch
        {
            ExecutableResource executable => new ProcessStartInfo(executable.Command) { WorkingDirectory = executable.WorkingDirectory },
            _ => ForProject(resource.Annotations.OfType<IProjectMetadata>().Single()),
        };
        var arguments = resource.CollectArguments();
        if (startInfo.ArgumentList.Contains("run") && arguments.Count > 0)
        {
            startInfo.ArgumentList.Add("--");
        }

        foreach (var argument in arguments)
        {
            startInfo.ArgumentList.Add(await ProcessEnvironment.ResolveAsync(argument, cancellationToken));
        }

        return startInfo;
    }

    private static ProcessStartInfo ForProject(IProjectMetadata project)
    {
        var startInfo = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = Path.GetDirectoryName(project.ProjectPath)!,
        };

        // The built assembly starts faster than `dotnet run`, and is the child itself, not a grandchild.
        var target = DistributedApplicationBuilder.ReadMetadata(project.GetType().Assembly, TargetKey + project.ProjectPath);
        string[] arguments = File.Exists(target)
            ? ["exec", target]
            : ["run", "--no-launch-profile", "--project", project.ProjectPath, "--configuration", Configuration, .. BuildOption(project)];
        Array.ForEach(arguments, startInfo.ArgumentList.Add);
        return startInfo;
    }

    private static string Configuration
        => Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    private static string[] BuildOption(IProjectMetadata project) => project.SuppressBuild ? ["--no-build"] : [];
}
