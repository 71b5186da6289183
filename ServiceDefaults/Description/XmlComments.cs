using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ServiceDefaults.Description;

/// <summary>The comments of our own code, which the compiler writes beside it: what they say of a field is what its reader should know.</summary>
internal sealed partial class XmlComments
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _assemblies = new();

    public string? Of(MethodInfo method) => method.DeclaringType is { } type && MembersOf(type.Assembly).GetValueOrDefault($"M:{NameOf(type)}.{method.Name}") is { } member
        ? TextOf(member.Element("summary"))
        : null;

    public string? Of(Type type) => TextOf(MemberOf(type)?.Element("summary"));

    /// <summary>Of a property, or of the parameter that a record makes it from.</summary>
    public string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        return TextOf(MembersOf(type.Assembly).GetValueOrDefault($"P:{NameOf(type)}.{property.Name}")?.Element("summary"))
            ?? TextOf(MemberOf(type)?.Elements("param").FirstOrDefault(parameter => parameter.Attribute("name")?.Value == property.Name));
    }

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? TextOf(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XText words => words.Value,
                XElement inner => (inner.Attribute("cref")?.Value.Split('.', ':')[^1] ?? inner.Attribute("langword")?.Value ?? inner.Value),
                _ => "",
            });
        }

        return Space().Replace(text.ToString(), " ").Trim() is { Length: > 0 } line ? line : null;
    }

    private XElement? MemberOf(Type type) => MembersOf(type.Assembly).GetValueOrDefault($"T:{NameOf(type)}");

    /// <summary>By name; of a method, without its parameters. None where the file was left out of the deployment.</summary>
    private Dictionary<string, XElement> MembersOf(Assembly assembly) => _assemblies.GetOrAdd(assembly, static assembly =>
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        var members = new Dictionary<string, XElement>(StringComparer.Ordinal);
        foreach (var member in File.Exists(path) ? XDocument.Load(path).Descendants("member") : [])
        {
            members.TryAdd(member.Attribute("name")!.Value.Split('(')[0], member);
        }

        return members;
    });

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
