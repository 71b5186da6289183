using System.Globalization;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Keys;

internal static class Projects
{
    /// <summary>The id of a project, by its name; an id is taken as it is.</summary>
    public static async Task<string> FindAsync(GatewayClient gateway, string name, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(name, out var id))
        {
            return id.ToString();
        }

        var page = await gateway.GetAsync(QueryText.Add("/admin/projects", ("name_prefix", name), ("limit", 200.ToString(CultureInfo.InvariantCulture))), cancellationToken);
        return page["data"]!.AsArray().FirstOrDefault(project => project!["name"]!.GetValue<string>() == name)?["id"]!.GetValue<string>()
            ?? throw new CommandException($"There is no project '{name}'.", "Projects are made with POST /admin/projects, or in gateway.yaml.");
    }
}
