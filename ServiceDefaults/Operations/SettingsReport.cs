using System.Collections;
using System.Globalization;
using System.Reflection;
using Gateway.Contracts.Operations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Operations;

/// <summary>
/// The settings of this process: those of its options, set or not, and whatever else is set in our sections. Shown is what is a number, a switch
/// or a word of ours, and a text that is known to be no secret. All else is there by name alone.
/// </summary>
internal sealed class SettingsReport(IServiceCollection registered, IServiceProvider services, IConfiguration configuration)
{
    public const string Hidden = "***";

    private const string Connections = "ConnectionStrings:";
    private const string LogLevels = "Logging:LogLevel:";

    /// <summary>Sections of ours: of the environment nothing else is told, not even that it is there.</summary>
    private static readonly string[] Sections =
        ["Gateway", "ConnectionStrings", "Metrics", "Logging", "Edge", "Keys", "Routing", "Usage", "Responses", "Audit", "Prices", "Telemetry"];

    /// <summary>Settings that are in no options, and no secrets.</summary>
    private static readonly string[] Plain =
        ["Gateway:DataDirectory", "Gateway:Docs", "Gateway:ConfigFile", "Metrics:Enabled", "Metrics:Loopback", "urls", "http_ports", "https_ports", "OTEL_SERVICE_NAME"];

    /// <summary>Of a connection string.</summary>
    private static readonly string[] PlainParts = ["data source", "datasource", "filename", "host", "server", "port", "database"];

    public IReadOnlyList<EffectiveSetting> Read()
    {
        var settings = new SortedDictionary<string, EffectiveSetting>(StringComparer.OrdinalIgnoreCase);
        foreach (var (section, options) in Options())
        {
            foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true))
            {
                AddOption(settings, $"{section}:{property.Name}", property, property.GetValue(options));
            }
        }

        foreach (var (name, value) in configuration.AsEnumerable().Where(pair => pair.Value is not null && IsOurs(pair.Key)))
        {
            if (!settings.ContainsKey(name) && !settings.Keys.Any(known => name.StartsWith(known + ":", StringComparison.OrdinalIgnoreCase)))
            {
                Add(settings, name, Show(name, value!));
            }
        }

        return [.. settings.Values];
    }

    private static bool IsOurs(string name)
        => Plain.Contains(name, StringComparer.OrdinalIgnoreCase)
            || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
            || Sections.Any(section => name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase));

    private static string Show(string name, string value)
        => Plain.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith(LogLevels, StringComparison.OrdinalIgnoreCase) ? value
            : name.StartsWith(Connections, StringComparison.OrdinalIgnoreCase) ? ShowConnection(value)
            : Hidden;

    /// <summary>Where a database is, and nothing of how it is opened.</summary>
    private static string ShowConnection(string text)
    {
        try
        {
            var parts = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = text };
            var shown = parts.Keys!.Cast<string>().Where(part => PlainParts.Contains(part, StringComparer.OrdinalIgnoreCase)).Select(part => $"{part}={parts[part]}").ToList();
            return string.Join(';', shown.Count < parts.Count ? shown.Append(Hidden) : shown);
        }
        catch (ArgumentException)
        {
            return Hidden;
        }
    }

    /// <summary>The options that are bound to a section, of all modules of this process.</summary>
    private IEnumerable<(string Section, object Options)> Options()
        => registered
            .Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GenericTypeArguments[0])
            .Distinct()
            .Where(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.IsLiteral == true)
            .Select(type => (
                (string)type.GetField("Section")!.GetRawConstantValue()!,
                typeof(IOptions<>).MakeGenericType(type) is var options ? options.GetProperty("Value")!.GetValue(services.GetRequiredService(options))! : new object()));

    private void AddOption(SortedDictionary<string, EffectiveSetting> settings, string name, PropertyInfo property, object? value)
    {
        var isPlain = property.GetCustomAttribute<PlainTextAttribute>() is not null;
        Add(settings, name, value switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            Enum word => word.ToString(),
            Uri url when isPlain => new UriBuilder(url) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri.ToString(),
            IFormattable number when property.PropertyType.Namespace == nameof(System) && value is not Uri => number.ToString(null, CultureInfo.InvariantCulture),
            string text when isPlain => text,
            IEnumerable list and not string => list.Cast<object>().Any() ? Hidden : null,
            _ => Hidden,
        });
    }

    private void Add(SortedDictionary<string, EffectiveSetting> settings, string name, string? value)
    {
        var (origin, source) = SettingOrigin.Find((IConfigurationRoot)configuration, name);
        settings[name] = new EffectiveSetting(name, value, origin, source);
    }
}
