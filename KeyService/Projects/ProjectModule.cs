namespace KeyService.Projects;

internal static class ProjectModule
{
    public static void AddProjects(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<ProjectStore>();
}
