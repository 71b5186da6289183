using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Configuration.Yaml;
using Gateway.Contracts.Keys;

namespace Gateway.Configuration.Rules;

/// <summary>What two fields say together; and keys become hashes here, so that no key goes further.</summary>
internal static class FileSense
{
    private static readonly string[] HashForms = ["sha256:", "pepper:", "pepper-sha256:"];

    public static void Check(JsonObject content, YamlNode root, List<ConfigurationFault> faults)
    {
        foreach (var (name, key) in content[FileRules.Keys] as JsonObject ?? [])
        {
            if (CheckKey(key!.AsObject()) is var (field, message))
            {
                Fault(FileRules.Keys, name, field, message);
            }
        }

        foreach (var (name, deployment) in content[FileRules.Deployments] as JsonObject ?? [])
        {
            if (deployment!["input_cost_per_million"] is null != deployment["output_cost_per_million"] is null)
            {
                Fault(FileRules.Deployments, name, "input_cost_per_million", "Both prices, or none.");
            }
        }

        var index = 0;
        foreach (var price in (content[FileRules.Prices] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (price["provider"] is null == price["provider_type"] is null)
            {
                Fault(FileRules.Prices, index.ToString(System.Globalization.CultureInfo.InvariantCulture), "provider", "Either a provider's name, or 'provider_type'.");
            }

            index++;
        }

        void Fault(string section, string name, string field, string message)
        {
            var node = (root as YamlMap)?.Find(section) switch
            {
                YamlMap map => map.Find(name),
                YamlList list => list.Items.ElementAtOrDefault(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)),
                _ => null,
            };
            var at = (node as YamlMap)?.Find(field) ?? node ?? root;
            faults.Add(new ConfigurationFault($"{section}.{name}.{field}", message, at.Line, at.Column));
        }
    }

    private static (string Field, string Message)? CheckKey(JsonObject key)
    {
        if (key.Text("key") is { } secret)
        {
            if (key["hash"] is not null)
            {
                return ("hash", "Either 'key' or 'hash'.");
            }

            if (!VirtualKeySecret.IsWellFormed(secret) && !VirtualKeySecret.MayBeForeign(secret))
            {
                return ("key", secret.StartsWith(VirtualKeySecret.Prefix, StringComparison.Ordinal)
                    ? "It begins like a key of the gateway and is none: its checksum is wrong."
                    : $"A key has 1 to {VirtualKeySecret.MaxForeignLength} printable ASCII characters without spaces.");
            }

            key["hash"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
            key["key_prefix"] ??= VirtualKeySecret.VisibleStart(secret);
            key.Remove("key");
            return null;
        }

        if (key.Text("hash") is not { } hash)
        {
            return ("hash", "Required, or 'key' as a reference: the file does not make keys.");
        }

        return HashForms.Any(form => hash.Length == form.Length + 64 && hash.StartsWith(form, StringComparison.Ordinal) && hash.Skip(form.Length).All(char.IsAsciiHexDigit))
            ? null
            : ("hash", $"{string.Join(", ", HashForms)} and 64 hexadecimal digits.");
    }
}
