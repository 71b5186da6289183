using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Plans;

/// <summary>A kind of thing that has a name in the file and in the admin API.</summary>
/// <param name="NameField">What the admin API calls its name.</param>
/// <param name="Order">When it is made or changed.</param>
/// <param name="DeleteOrder">When it is deleted.</param>
internal sealed record Resource(string Section, string Type, string Path, string NameField, IReadOnlyList<FieldRule> Rules, int Order, int DeleteOrder)
{
    public static Resource Project { get; } = new(FileRules.Projects, "project", "/admin/projects", "name", FileRules.Project, 20, 90);

    public static Resource Provider { get; } = new(FileRules.Providers, "provider", "/admin/providers", "name", FileRules.Provider, 30, 80);

    public static Resource Deployment { get; } = new(FileRules.Deployments, "deployment", "/admin/deployments", "name", FileRules.Deployment, 50, 70);

    public static Resource Model { get; } = new(FileRules.Models, "model", "/admin/models", "alias", FileRules.Model, 60, 65);

    /// <summary>Deleted first: a hash may go from one name to another.</summary>
    public static Resource Key { get; } = new(FileRules.Keys, "key", "/admin/keys", "name", FileRules.Key, 62, 5);

    public const int CredentialOrder = 31;
    public const int CredentialDeleteOrder = 32;
    public const int PriceOrder = 40;
    public const int PriceDeleteOrder = 10;
}
