using System.Reflection;

namespace Gateway.Cli.Connection;

internal static class ProductVersion
{
    /// <summary>Of this program, without the commit.</summary>
    public static string Text { get; } = (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];
}
