using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

/// <summary>What a deployer relies on: known types and properties, and every expression names something that is there.</summary>
internal static partial class ManifestValidator
{
    private static readonly Dictionary<string, (string[] Required, string[] Optional)> Types = new()
    {
        ["project.v0"] = (["type", "path"], ["args", "env", "bindings"]),
        ["parameter.v0"] = (["type", "value", "inputs"], ["connectionString"]),
        ["value.v0"] = (["type", "connectionString"], []),
    };

    public static void Validate(string file, JsonObject document)
    {
        document.Select(property => property.Key).Except(["resources", "$schema"]).ShouldBeEmpty();
        var resources = document["resources"]!.AsObject();
        foreach (var (name, entry) in resources)
        {
            ValidateEntry(file, name, entry!.AsObject(), resources);
        }
    }

    private static void ValidateEntry(string file, string name, JsonObject entry, JsonObject resources)
    {
        var type = entry["type"]!.GetValue<string>();
        Types.ShouldContainKey(type, $"Resource '{name}' cannot be deployed.");
        var (required, optional) = Types[type];
        var keys = entry.Select(property => property.Key).ToList();
        required.Except(keys).ShouldBeEmpty(name);
        keys.Except([.. required, .. optional]).ShouldBeEmpty(name);

        if (entry["path"] is { } path)
        {
            File.Exists(Path.GetFullPath(path.GetValue<string>(), Path.GetDirectoryName(file)!)).ShouldBeTrue($"{name}: {path}");
            path.GetValue<string>().ShouldNotContain('\\');
        }

        foreach (var (input, value) in entry["inputs"]?.AsObject() ?? [])
        {
            value!["type"]!.GetValue<string>().ShouldBe("string", $"{name}.inputs.{input}");
        }

        ValidateBindings(name, entry["bindings"]?.AsObject() ?? []);
        foreach (var text in Strings(entry))
        {
            foreach (Match expression in Expression().Matches(text.Replace("{{", "", StringComparison.Ordinal)))
            {
                Resolve(expression.Groups[1].Value, name, resources);
            }
        }
    }

    private static void ValidateBindings(string name, JsonObject bindings)
    {
        foreach (var (key, value) in bindings)
        {
            var binding = value!.AsObject();
            binding.Select(property => property.Key).Except(["scheme", "protocol", "transport", "external", "targetPort", "port"]).ShouldBeEmpty(name);
            binding["protocol"]!.GetValue<string>().ShouldBeOneOf("tcp", "udp");
            binding["transport"]!.GetValue<string>().ShouldBeOneOf("http", "http2", "tcp");
            var isHttp = binding["scheme"]!.GetValue<string>() is "http" or "https";
            (isHttp || binding["targetPort"] is not null).ShouldBeTrue($"{name}.{key} needs a target port");
            (isHttp || binding["external"] is null).ShouldBeTrue($"{name}.{key} cannot be external");
            if (key is "http" or "https" && binding["port"] is { } port)
            {
                port.GetValue<int>().ShouldBeOneOf(80, 443);
            }
        }

        // One ingress reaches the outside of a deployed service.
        bindings.Where(binding => binding.Value!["external"] is not null)
            .Select(binding => binding.Value!["targetPort"]?.GetValue<int>()).Distinct().Count().ShouldBeLessThanOrEqualTo(1, name);
    }

    private static void Resolve(string expression, string owner, JsonObject resources)
    {
        var steps = expression.Split('.');
        resources.ShouldContainKey(steps[0], $"'{owner}' names '{{{expression}}}'");
        var target = resources[steps[0]]!;
        switch (steps[1..])
        {
            case ["value"] or ["connectionString"]:
                target[steps[1]].ShouldNotBeNull($"'{owner}' names '{{{expression}}}'");
                break;
            case ["inputs", var input]:
                steps[0].ShouldBe(owner, "only a parameter itself may use its inputs");
                target["inputs"]![input].ShouldNotBeNull(expression);
                break;
            case ["bindings", var binding, "url" or "host" or "port" or "targetPort" or "scheme"]:
                target["bindings"]?[binding].ShouldNotBeNull($"'{owner}' names '{{{expression}}}'");
                break;
            default:
                Assert.Fail($"'{owner}' names '{{{expression}}}', which has no meaning.");
                break;
        }
    }

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Strings(member.Value)),
        JsonArray items => items.SelectMany(Strings),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Expression();
}
